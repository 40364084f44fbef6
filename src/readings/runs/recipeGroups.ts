/** Runs of one recipe over several seeds, arm by arm. Pure. */
import { t } from '../../words/words';
import { numbersOf, seedlessKey } from '../../experiment/grid/cellKey';
import type { ArmSpec } from '../../recipe/runSpec';
import { whatChanged } from '../../recipe/whatChanged';
import type { RunEntry } from './runEntry';

/** What grouping needs to know about a run. */
export type Grouped = Pick<RunEntry, 'id' | 'spec' | 'data' | 'model' | 'appVersion'>;

/** A run, and the arm of it that belongs to the group: it may have another ID in another run. */
export interface Member<Run extends Grouped> {
  readonly run: Run;
  readonly arm: ArmSpec;
}

/** Arms of runs whose numbers differ only by their seed. */
export interface RecipeGroup<Run extends Grouped> {
  /** Key of log, recipe without its seed, and arm. */
  readonly key: string;
  /** One per seed, the first run first. */
  readonly members: readonly [Member<Run>, ...Member<Run>[]];
}

/** In the order of the runs, and of their arms. */
export function recipeGroups<Run extends Grouped>(runs: readonly Run[]): RecipeGroup<Run>[] {
  const groups = new Map<string, RecipeGroup<Run>>();
  for (const run of runs) {
    const { spec } = run;
    for (const arm of spec.arms) {
      const key = seedlessKey(run, arm);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { key, members: [{ run, arm }] });
      // A seed that occurs twice counts once.
      else if (group.members.every((member) => member.run.spec.seed !== spec.seed)) {
        groups.set(key, { key, members: [...group.members, { run, arm }] });
      }
    }
  }
  return [...groups.values()];
}

/** What a group's recipe and arm have otherwise than another's, in words; their names are no difference. */
export function changesBetween<Run extends Grouped>(from: RecipeGroup<Run>, to: RecipeGroup<Run>): string[] {
  const [before, own] = [from.members[0], to.members[0]];
  const changes = whatChanged(
    { ...before.run.spec, arms: [before.arm] },
    { ...own.run.spec, arms: [{ ...own.arm, id: before.arm.id }], seed: before.run.spec.seed },
  );
  return numbersOf(before.run.appVersion) === numbersOf(own.run.appVersion)
    ? changes
    : [...changes, t('version {version}', { version: own.run.appVersion })];
}

/** Names of the runs' logs; two with the same name but different hashes count twice. */
export function logNames(runs: readonly Pick<Grouped, 'data'>[]): string[] {
  return [...new Map(runs.map(({ data }) => [data.hash, data.name])).values()];
}

/**
 * The name of each group: its arm and, if they differ, the name of its recipe; groups with equal names also
 * get the differences of their recipe from the first one's.
 */
export function groupLabels<Run extends Grouped>(groups: readonly RecipeGroup<Run>[]): Map<string, string> {
  const names = new Set(groups.map(({ members: [{ run }] }) => run.spec.name));
  const short = ({ members: [{ run, arm }] }: RecipeGroup<Run>): string =>
    names.size > 1 ? `${arm.label}, ${run.spec.name}` : arm.label;
  const logOf = ({ members: [{ run }] }: RecipeGroup<Run>): string => run.data.hash;
  return new Map(
    groups.map((group) => {
      const first = groups.find((other) => short(other) === short(group) && logOf(other) === logOf(group))!;
      if (group === first) return [group.key, short(group)];
      return [group.key, [short(group), ...changesBetween(first, group)].join(', ')];
    }),
  );
}
