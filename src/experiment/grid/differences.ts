/**
 * Differences of two models over the seeds of a grid, user by user where all seeds rank the same targets.
 * Pure.
 */
import type { Measure, RankedSplit, RanksByTarget } from '../../measures/measure';
import { inGroup } from '../../record/targetGroups';
import { differencesOverSeeds, type BySeed, type Differences } from '../../statistics/comparison';
import { byUsers } from '../../statistics/crossedMean';
import { mean } from '../../statistics/statistics';
import type { FinalRanks } from './results';

/** A measure of one model by seed, and the ranks of its targets where they are known. */
export interface OverSeeds {
  readonly values: BySeed;
  readonly ranks: ReadonlyMap<number, RanksByTarget>;
}

/** The same of an arm, which knows its targets. */
export interface ArmSeedValues {
  readonly values: BySeed;
  /** Empty if seeds rank samples of their own. */
  readonly ranks: ReadonlyMap<number, FinalRanks>;
}

/** own − other over the seeds that both have. */
export function armDifferences(own: ArmSeedValues, other: OverSeeds, { ranked }: Pick<Measure, 'ranked'>): Differences {
  const bySeed = differencesOverSeeds(own.values, other.values);
  const rows = ranked?.scores ? scoreDifferences(own, other, ranked.split, ranked.scores) : null;
  // Of a K that the runs did not measure there are ranks all the same.
  if (rows === null || (bySeed.length > 0 && bySeed.length !== rows.bySeed.length)) return { bySeed, byUser: null };
  return rows;
}

type Scores = (of: RanksByTarget) => readonly number[];

function scoreDifferences(own: ArmSeedValues, other: OverSeeds, split: RankedSplit, scores: Scores): Differences | null {
  const seeds = [...own.ranks.keys()].filter((seed) => other.ranks.has(seed));
  const targets = own.ranks.get(seeds[0] ?? NaN);
  const wanted = targets && targetsOf(targets, split);
  if (!wanted || wanted.length === 0 || !seeds.every((seed) => sameTargets(own.ranks.get(seed)!, targets))) return null;
  const [mine, theirs] = [own, other].map(({ ranks }) => seeds.map((seed) => scores(ranks.get(seed)!)));
  if ([...mine!, ...theirs!].some((row) => row.length !== targets.cold.length)) return null;
  const rows = mine!.map((row, i) => wanted.map((target) => row[target]! - theirs![i]![target]!));
  const owners = targets.owners && wanted.map((target) => targets.owners![target]!);
  return { bySeed: rows.map((row) => mean(row)), byUser: byUsers(rows, owners) };
}

/** Indices of the targets of a split; null if the record does not say which they are. */
function targetsOf({ cold, groups }: FinalRanks, split: RankedSplit): number[] | null {
  const all = [...cold.keys()];
  if (split === 'all') return all;
  if (split === 'warm' || split === 'cold') return all.filter((target) => (cold[target] === 1) === (split === 'cold'));
  return groups === undefined ? null : all.filter((target) => inGroup(groups[target]!, split));
}

/** Whether two seeds ranked the same targets of the same users, as far as their records say. */
function sameTargets(one: FinalRanks, other: FinalRanks): boolean {
  const same = (own: readonly number[] = [], others: readonly number[] = []): boolean =>
    own.length === others.length && own.every((value, target) => value === others[target]);
  return same(one.cold, other.cold) && same(one.owners, other.owners) && same(one.groups, other.groups);
}
