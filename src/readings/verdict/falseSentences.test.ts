/**
 * Verdicts on records whose truth is known: of what they say about ranking, baselines, chance and attention,
 * at most one sentence in twenty may be false. Ranks are log-normal around an arm's own centre. Every target
 * has a difficulty that all models share, and each model luck of its own with it, part of which its user's
 * other targets share, as in baskets.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Sweep } from '../../experiment/grid/sweep';
import { forkRandom, type Random } from '../../log/random';
import { rankingBySplit } from '../../measures/ranking/ranking';
import { namedArm } from '../../recipe/namedArms';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { columns, evaluation, sinks, smallRecord } from '../../testing/smallRecord';
import { sweepSentences } from '../sweep/sweepWords';
import { verdictOf, verdictText, type RunVerdict } from './verdict';
import { verdictOverSeeds } from './verdictOverSeeds';

const ITEMS = 1000;
const KS = [1, 5, 10, 20, 50, 100, 200];
const RECORDS = 500;
const FEWER = 200;

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/**
 * How a model ranks: the mean and deviation of the logarithm of ranks, and by how much targets beyond rank 20
 * fall behind.
 */
interface Skill {
  readonly centre: number;
  readonly tail: number;
  readonly chance: boolean;
}

const DEVIATION = 1.8;

const known = new Map<string, ReadonlyMap<number, number>>();

/** Its expected HR@K, from many draws. */
function hitRates(skill: Skill): ReadonlyMap<number, number> {
  const key = JSON.stringify(skill);
  const rates = known.get(key) ?? drawnRates(skill);
  known.set(key, rates);
  return rates;
}

function drawnRates(skill: Skill): ReadonlyMap<number, number> {
  const random = forkRandom(1, 'truth');
  const ranks = Array.from({ length: 20_000 }, () => rankOf(skill, normal(random), random));
  return new Map(KS.map((k) => [k, ranks.filter((rank) => rank <= k).length / ranks.length]));
}

function rankOf({ centre, tail, chance }: Skill, z: number, random: Random): number {
  if (chance) return 1 + Math.floor(random.uniform() * ITEMS);
  const rank = Math.exp(centre + DEVIATION * z);
  return Math.min(ITEMS, Math.max(1, Math.round(rank > 20 ? 20 + (rank - 20) * tail : rank)));
}

interface Drawn {
  readonly seed: number;
  readonly targets: number;
  /** Targets of a user. */
  readonly basket: number;
  readonly action: Skill;
  readonly karma: Skill;
  readonly baseline: Skill;
  readonly hasRanks: boolean;
  /** Share of heads with a sink: base model, and what the arms add. */
  readonly sink: readonly [base: number, action: number, karma: number];
}

const skill = (centre: fc.Arbitrary<number>): fc.Arbitrary<Skill> =>
  fc.record({ centre, tail: fc.constant(1), chance: fc.constant(false) });
const centre = fc.constantFrom(3.2, 4, 4.8);

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    seed: fc.nat(1e6),
    targets: fc.constantFrom(64, 150, 400),
    basket: fc.constantFrom(1, 1, 3, 6),
    first: skill(centre),
    /** None, at every K, from K = 50 on alone, or a collapse. */
    difference: fc.constantFrom('none', 'none', 'none', 'all', 'far', 'collapse', 'chance'),
    baseline: fc.constantFrom('same', 'above', 'below'),
    hasRanks: fc.boolean(),
    sink: fc.tuple(fc.constantFrom(0.02, 0.045, 0.2), fc.constantFrom(0, 0, 0.3), fc.constantFrom(0, 0, 0.05)),
  })
  .map(({ first, difference, baseline, ...rest }): Drawn => {
    const action: Skill = difference === 'chance' ? { ...first, chance: true } : first;
    const karma: Skill = {
      centre: action.centre + { none: 0, far: 0, chance: 0, all: -0.5, collapse: 1.5 }[difference],
      tail: difference === 'far' ? 2 : 1,
      chance: action.chance,
    };
    const best = action.chance ? 4.8 : Math.min(action.centre, karma.centre);
    const of = { centre: baseline === 'above' ? best - 0.6 : best + (baseline === 'below' ? 0.6 : 0), tail: 1, chance: false };
    return { ...rest, action, karma, baseline: baseline === 'same' && !action.chance ? action : of };
  });

interface Users {
  readonly owners: readonly number[];
  readonly difficulty: readonly number[];
}

function usersOf({ seed, targets, basket }: Drawn): Users {
  const random = forkRandom(seed, 'users');
  const owners = Array.from({ length: targets }, (_, target) => Math.floor(target / basket));
  return { owners, difficulty: owners.map(() => normal(random)) };
}

/**
 * A model's ranks: two thirds of their spread is the target's difficulty, the rest luck, most of which the
 * user's targets share.
 */
function ranksOf(of: Skill, { owners, difficulty }: Users, random: Random): number[] {
  const ofUser = owners.map(() => normal(random));
  return difficulty.map((hard, target) => {
    const luck = Math.sqrt(0.6) * ofUser[owners[target]!]! + Math.sqrt(0.4) * normal(random);
    return rankOf(of, Math.sqrt(0.67) * hard + Math.sqrt(0.33) * luck, random);
  });
}

function recordOf(made: Drawn, users: Users, runs: string): RunRecord {
  const small = smallRecord();
  const { owners } = users;
  const cold = new Uint8Array(owners.length);
  const random = forkRandom(made.seed, runs);
  const [action, karma] = [ranksOf(made.action, users, random), ranksOf(made.karma, users, random)];
  const ranksOfBaseline = ranksOf(made.baseline, users, forkRandom(made.seed, 'baseline'));
  const ranked = (ranks: readonly number[]) => rankingBySplit(ranks, { cold }, KS, { resamples: 100 });
  const [base, ...added] = made.sink;
  const final = (ranks: number[], at: number): Evaluation =>
    evaluation(40, 0, {
      ...{ population: 'all', ranks, cold: [...cold], ...ranked(ranks) },
      ...(made.basket > 1 && { owners: [...owners] }),
      // Heads of a few hundred users: about a quarter of a point.
      sinks: sinks(Math.max(0, base + added[at]! + 0.0025 * normal(random))),
    });
  const all = { ...ranked(ranksOfBaseline), ranks: made.hasRanks ? ranksOfBaseline : [] };
  const baseline = { sample: all, all };
  const losses = Array.from({ length: 40 }, (_, step) => 7 - 0.02 * step);
  return {
    ...small,
    spec: {
      ...small.spec,
      arms: [namedArm('action'), namedArm('karma')],
      evaluation: { ...small.spec.evaluation, ks: KS },
      training: { ...small.spec.training, steps: 40 },
    },
    baselines: { zeroShot: baseline, popularity: baseline, lastItem: baseline },
    base: { ...small.base, sinks: sinks(base) },
    arms: [action, karma].map((ranks, at) => ({
      ...{ id: ['action', 'karma'][at]!, steps: columns(losses, at > 0), attention: [] },
      evaluations: [final(ranks, at)],
    })),
    complete: true,
  };
}

class Tally {
  private readonly kinds = new Map<string, { said: number; claims: number; false: number }>();

  /** @param right null if the sentence claims nothing */
  add(kind: string, right: boolean | null): void {
    const of = this.kinds.get(kind) ?? { said: 0, claims: 0, false: 0 };
    of.said++;
    if (right !== null) of.claims++;
    if (right === false) of.false++;
    this.kinds.set(kind, of);
  }

  get shares(): readonly (readonly [string, number])[] {
    return [...this.kinds].map(([kind, of]) => [kind, of.false / of.said]);
  }

  toString(): string {
    return [...this.kinds]
      .map(
        ([kind, of]) =>
          `${kind}: ${of.false} of ${of.said} false (${((100 * of.false) / of.said).toFixed(1)} %), ${of.claims} claim something`,
      )
      .join('\n');
  }
}

/** `1, 5 and 10`; `1 to 200` is the whole table. */
const numbers = (text: string | undefined): number[] =>
  text?.includes(' to ') === true ? KS : (text?.match(/\d+/g) ?? []).map(Number);
/** Verbs of the sentence about baselines. */
const SIGNS: Readonly<Record<string, number>> = { beat: 1, beats: 1, 'stay below': -1, 'stays below': -1 };

/** Counts what a verdict says of a drawn record, sentence by sentence. */
function judge(tally: Tally, prefix: string, verdict: RunVerdict, made: Drawn): void {
  const [action, karma, baseline] = [made.action, made.karma, made.baseline].map(hitRates) as [
    ReadonlyMap<number, number>,
    ReadonlyMap<number, number>,
    ReadonlyMap<number, number>,
  ];
  const same = JSON.stringify(made.action) === JSON.stringify(made.karma);
  const far = made.karma.tail > 1;
  const truth = (k: number): number => (same || (far && k <= 20) ? 0 : Math.sign(karma.get(k)! - action.get(k)!));
  const [ranking, attention] = verdict.sentences.map(({ text }) => text) as [string, string];
  // Versions that named no K spoke of K = 10.
  const said =
    /^KARMA ranks the next item (better|worse) than Action(?: at K = ([\d, andto]+?))?(?: and worse at K = ([\d, andto]+))?:/.exec(
      ranking,
    );
  const first = said?.[1] === 'worse' ? -1 : 1;
  const claims = said
    ? [
        ...(said[2] === undefined ? [10] : numbers(said[2])).map((k) => truth(k) === first),
        ...numbers(said[3]).map((k) => truth(k) === -1),
      ]
    : [];
  tally.add(`${prefix}, ranking`, claims.length === 0 ? null : claims.every(Boolean));
  const relation = (of: ReadonlyMap<number, number>, own: Skill): number =>
    JSON.stringify(own) === JSON.stringify(made.baseline) ? 0 : Math.sign(of.get(10)! - baseline.get(10)!);
  const both = /[Bb]oth (beat|stay below) zero-shot/.exec(ranking);
  const each =
    /(Action|KARMA) (beats|stays below|is near|is not distinguishable from) zero-shot [^;.]*?\(.*?\), while (Action|KARMA) (beats|stays below|is)/.exec(
      ranking,
    );
  const truths = { Action: relation(action, made.action), KARMA: relation(karma, made.karma) };
  const isTrue = (arm: string, verb: string): boolean =>
    SIGNS[verb] === undefined || truths[arm as keyof typeof truths] === SIGNS[verb];
  const related = both
    ? [isTrue('Action', both[1]!), isTrue('KARMA', both[1]!)]
    : each
      ? [isTrue(each[1]!, each[2]!), isTrue(each[3]!, each[4]!)]
      : [];
  tally.add(`${prefix}, zero-shot`, related.length === 0 ? null : related.every(Boolean));
  const limits = verdict.limits.join(' ');
  const atChance = limits.includes('distinguishable from chance');
  tally.add(`${prefix}, chance`, atChance ? made.action.chance && made.karma.chance : null);
  const moves = [...attention.matchAll(/(Action|KARMA) (raises|lowers) (?:the share|it)/g)].filter(
    ({ index }) => !attention.slice(0, index).includes('[BOS]'),
  );
  const right = moves.map(([, arm, verb]) => Math.sign(made.sink[arm === 'Action' ? 1 : 2]) === (verb === 'raises' ? 1 : -1));
  tally.add(`${prefix}, attention`, right.length === 0 ? null : right.every(Boolean));
}

it('of a run are true', { timeout: 120_000 }, () => {
  const tally = new Tally();
  for (const made of fc.sample(drawn, { numRuns: RECORDS, seed: 11 })) {
    const record = recordOf(made, usersOf(made), 'run');
    const verdict = verdictOf(record, null)!;
    judge(tally, 'one seed', verdict, made);
    expect(verdictText(verdict)).not.toMatch(/undefined|NaN|\[\]/);
  }
  console.info(String(tally));
  for (const [kind, share] of tally.shares) expect([kind, share <= 0.05]).toEqual([kind, true]);
});

it('of several seeds are true', { timeout: 120_000 }, () => {
  const tally = new Tally();
  for (const made of fc.sample(drawn, { numRuns: FEWER, seed: 12 })) {
    const users = usersOf(made);
    const seeds = Array.from({ length: 2 + (made.seed % 5) }, (_, seed) => seed);
    // What the seed adds to an arm: arms of one seed share half of it.
    const random = forkRandom(made.seed, 'seeds');
    const records = seeds.map((seed) => {
      const common = normal(random);
      const moved = (of: Skill): Skill => ({ ...of, centre: of.centre + 0.05 * (common + normal(random)) });
      return recordOf({ ...made, action: moved(made.action), karma: moved(made.karma) }, users, `run ${seed}`);
    });
    const arms = records[0]!.spec.arms.map((spec, at) => {
      const values = (rates: (record: RunRecord) => Record<string, number>) =>
        new Map(seeds.map((seed) => [seed, rates(records[seed]!)] as const));
      const bySeed = values(({ arms: of }) => {
        const { values: found, sinks: own } = of[at]!.evaluations[0]!;
        return {
          ...Object.fromEntries(KS.map((k) => [`hr@${k}`, found[`hr@${k}`]!])),
          itemSinkRate: own.means.itemSinkRate!,
        };
      });
      return { id: spec.id, label: spec.label, spec, tuned: false, bySeed, sampled: bySeed, base: new Map<number, never>() };
    });
    judge(tally, 'over seeds', verdictOverSeeds(records[0]!, arms)!, made);
  }
  console.info(String(tally));
  for (const [kind, share] of tally.shares) expect([kind, share <= 0.05]).toEqual([kind, true]);
});

it('of sweeps in which arms do not differ claim no difference', () => {
  const tally = new Tally();
  const places = [0.002, 0.004, 0.008, 0.016];
  const random = forkRandom(13, 'sweeps');
  for (let at = 0; at < RECORDS; at++) {
    const seeds = 2 + (at % 4);
    // Near zero-shot at some values, so that ranges may come out differently by luck.
    const level = places.map(() => 0.1 + 0.03 * random.uniform());
    const lines = ['action', 'karma'].map((arm) => ({
      arm,
      label: arm === 'karma' ? 'KARMA' : 'Action',
      points: places.map((place, i) => ({
        at: place,
        seeds: Array.from({ length: seeds }, (_, seed) => {
          const value = (): number => level[i]! + 0.006 * normal(random);
          return { seed, values: { 'hr@10': value(), firstHalfSinkRate: value(), lmDrift: 10 * value() }, watched: value() };
        }),
      })),
    }));
    const sweep: Sweep = {
      ...{ format: 'karma-sweep', version: 1, name: 'Rates', path: 'training.learningRate', label: 'Learning rate' },
      ...{ log: 'store', steps: 200, batchSize: 16, watch: 'validation', users: 3000, base: { 'hr@10': 0.1 }, lines },
    };
    const said = sweepSentences(sweep);
    const of = (start: string): string => said.find((one) => one.startsWith(start)) ?? '';
    const differences = of('KARMA − Action');
    tally.add('differences', differences.includes(' points at ') ? false : null);
    const range = of('Over the values');
    tally.add('range', /wider|narrower|at other values/.test(range) ? false : null);
    const best = of('Each at');
    tally.add('optimum', best.includes('not distinguishable') ? null : false);
    if (seeds === 2) expect(said.join(' ')).not.toMatch(/other values|range|works (?:at|over)/);
  }
  console.info(String(tally));
  for (const [kind, share] of tally.shares) expect([kind, share <= 0.05]).toEqual([kind, true]);
});
