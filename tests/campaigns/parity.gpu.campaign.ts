/**
 * Jobs of other recipes, or with more steps and processes, than parity.mesa.test.ts has, trained by the
 * engine and by PyTorch.
 */
import { expect } from 'vitest';
import { forkRandom } from '../../src/log/random';
import type { ReadLog } from '../../src/log/readLog';
import { decodePools } from '../../src/measures/ranking/candidatePools';
import { readArm } from '../../src/recipe/namedArms';
import { runSpecSchema, type RunSpec } from '../../src/recipe/runSpec';
import type { Evaluation, RunRecord } from '../../src/record/runRecord';
import type { Campaign, Figures } from '../../src/testing/campaign';
import {
  expectAlike,
  expectAlikeByCodes,
  expectDrawn,
  expectFidelity,
  expectTables,
  hitsBySplit,
  inEngine,
  losses,
  openBench,
  SPEC,
  type ParityBench,
} from '../python/engineRun';
import { python, recordOf, train, withJob } from '../python/job';
import { allArms, sampledCandidates, semanticIds } from '../python/trainedAlike';

type Case = (bench: ParityBench) => Promise<Figures | undefined>;

/** The first ones have few steps, one arm, and no beams. */
const SHORT = 3;
const CASES: readonly Case[] = [
  givenPools,
  category('category', 'retrieved'),
  category('category-path', 'exposed'),
  decoded,
  codesOfAFile,
  manySteps,
  allArms,
  semanticIds,
  sampledCandidates,
];

const campaign: Campaign = {
  claim: 'a recipe trains in PyTorch as in the engine: losses and measures to 1e-4, the same candidates, the same ranks',
  cases: CASES.length,
  sample: 1,
  short: SHORT,
  missing: () => Promise.resolve(python === null ? 'there is no PyTorch here' : null),
  open: async () => {
    const bench = await openBench();
    return { run: (index) => CASES[index]!(bench) };
  },
};
export default campaign;

/** Trains a recipe on both sides. */
async function onBothSides(
  bench: ParityBench,
  spec: RunSpec,
  processes: number,
): Promise<{ readonly engine: RunRecord; readonly record: RunRecord }> {
  return withJob({ spec, plan: null, data: bench.data }, async (folder) => {
    const engine = await inEngine(bench, spec, folder);
    await train(folder, processes, 'out');
    return { engine, record: recordOf(folder, 'out/run.json') };
  });
}

/** Ranks in the pools that came with the log, with the engine's candidates and targets. */
async function givenPools({ model, data }: ParityBench): Promise<undefined> {
  const spec = runSpecSchema.parse({
    ...SPEC,
    arms: [readArm('action')],
    training: { ...SPEC.training, steps: 2 },
    evaluation: {
      ...SPEC.evaluation,
      protocol: 'pre-ranking',
      poolFrom: 'given',
      watch: 'validation',
      ks: [1, 5, 20],
    },
  });
  const { engine, record } = await onBothSides({ model, data: withCandidates(data) }, spec, 2);
  expect(record.pools).toEqual(engine.pools);
  const pools = decodePools(record.pools!.all);
  expect(pools).toHaveLength(SPEC.evaluation.finalUsers as number);
  for (const name of ['popularity', 'itemKnn', 'lastItem', 'zeroShot'] as const) {
    const [found, expected] = [record.baselines[name]!, engine.baselines[name]!];
    for (const targets of ['sample', 'all'] as const) {
      expect(found[targets].pool!.size).toBe(expected[targets].pool!.size);
      // K = 20 exceeds the smallest pool.
      const pooled = Object.keys(found[targets].values).filter((id) => id.startsWith('pool-hr@'));
      expect(pooled).toEqual(['pool-hr@1', 'pool-hr@5']);
      expect(hitsBySplit(found[targets])).toEqual(hitsBySplit(expected[targets]));
    }
  }
  record.arms[0]!.evaluations.forEach((evaluation, at) => {
    const expected = engine.arms[0]!.evaluations[at]!;
    expect(evaluation.groups).toEqual(expected.groups);
    expect(evaluation.pool!.ranks).toEqual(expected.pool!.ranks);
    expect(evaluation.pool!.size).toBe(expected.pool!.size);
    const inPools = (of: typeof expected) => Object.entries(of.values).filter(([id]) => id.includes('pool-hr@'));
    expect(inPools(evaluation)).toEqual(inPools(expected));
    expect(evaluation.targets).toEqual(expected.targets);
  });
}

/** Reads text and pictures from embeddings, draws, and records what visual features are. */
async function decoded(bench: ParityBench): Promise<Figures> {
  const spec = runSpecSchema.parse({
    ...SPEC,
    arms: [
      { ...readArm('karma'), lambdaImg: 0.3 },
      { ...readArm('img'), imageLoss: 'mse', shuffle: 'picture' },
    ],
    features: { source: 'lm+visual', visual: 'images' },
    training: { ...SPEC.training, steps: 2, decay: 'cosine' },
    evaluation: { ...SPEC.evaluation, finalUsers: 40, probeSteps: 8 },
  });
  const { engine, record } = await onBothSides(bench, spec, 2);
  const difference = losses(engine, record);
  expect(difference).toBeLessThan(1e-4);
  const last = (run: RunRecord, arm: number): Evaluation => run.arms[arm]!.evaluations.at(-1)!;
  const pairs = [
    [record.base.control, engine.base.control],
    [record.base.fidelity, engine.base.fidelity],
    ...spec.arms.map((_, arm) => [last(record, arm).fidelity, last(engine, arm).fidelity] as const),
  ] as const;
  const worst = pairs.map(([found, expected]) => expectFidelity(found!, expected!));
  spec.arms.forEach((arm, at) => {
    last(engine, at).readings.forEach((reading, probe) => {
      const found = last(record, at).readings[probe]!;
      expect(found.picture === undefined).toBe(arm.lambdaImg === 0);
      if (reading.picture) expectDrawn(found.picture!, reading.picture);
    });
  });
  return { 'difference of losses': difference, 'difference of fidelity': Math.max(...worst) };
}

/** Action and KARMA over 200 steps, in the engine and on one, two and four processes. */
async function manySteps({ model, data }: ParityBench): Promise<Figures> {
  const spec = runSpecSchema.parse({
    ...SPEC,
    arms: [readArm('action'), readArm('karma')],
    training: { ...SPEC.training, steps: 200, textShare: 1 },
    // Texts of its domain come with the model.
    evaluation: { ...SPEC.evaluation, evaluations: 2, domainTexts: [] },
  });
  return withJob({ spec, plan: null, data }, async (folder) => {
    const engine = await inEngine({ model, data }, spec, folder);
    const records = new Map<number, RunRecord>();
    for (const processes of [1, 2, 4]) {
      await train(folder, processes, `out-${processes}`);
      records.set(processes, recordOf(folder, `out-${processes}/run.json`));
    }
    const one = records.get(1)!;
    spec.arms.forEach((_, arm) => {
      one.arms[arm]!.evaluations.forEach((evaluation, at) => {
        expectAlike(evaluation, engine.arms[arm]!.evaluations[at]!);
      });
    });
    const figures = {
      'engine and one process over 200 steps': losses(engine, one),
      'one process and two over 200 steps': losses(one, records.get(2)!),
      'one process and four over 200 steps': losses(one, records.get(4)!),
    };
    expect(Math.max(...Object.values(figures))).toBeLessThan(1e-4);
    return figures;
  });
}

/** Items are the codes of a file, with levels of different size, and the beams are wide enough for JS@50. */
async function codesOfAFile(bench: ParityBench): Promise<Figures> {
  const codeIndex = bench.data.log.items.map(
    ({ id }, at) => `${id}\t<a_${at % 7}> <b_${(at * at) % 11}> <c_${at % 5}> <d_${at % 3}>`,
  );
  const spec = runSpecSchema.parse({
    ...SPEC,
    arms: [{ ...readArm('karma'), sinkToken: true }],
    objective: {
      ...SPEC.objective,
      itemInterface: 'semantic',
      codeIndex,
      similarity: 'dot',
      positions: 'last',
      hideEmbFromText: true,
    },
    training: { ...SPEC.training, steps: 3, accumulate: 2 },
    evaluation: { ...SPEC.evaluation, beamWidth: 60, watch: 'validation' },
  });
  const { engine, record } = await onBothSides(bench, spec, 2);
  const difference = losses(engine, record);
  expect(difference).toBeLessThan(1e-4);
  const [found, expected] = [record, engine].map(({ arms }) => arms[0]!.evaluations);
  const compared = found!.map((evaluation, at) => expectAlikeByCodes(evaluation, expected![at]!));
  expect(found!.at(-1)!.overlapTargets).toBeDefined();
  return { 'difference of losses': difference, 'difference of log p': Math.max(...compared.map(({ scores }) => scores)) };
}

/** Takes the category in place of pictures that some items lack, in x and in L_img, and draws pools. */
function category(visual: RunSpec['features']['visual'], poolFrom: RunSpec['evaluation']['poolFrom']): Case {
  return async ({ model, data }) => {
    const spec = runSpecSchema.parse({
      ...SPEC,
      arms: [readArm('img')],
      features: { source: 'lm+visual', visual },
      training: { ...SPEC.training, steps: 3 },
      evaluation: { ...SPEC.evaluation, protocol: 'pre-ranking', poolFrom, poolSize: 60, watch: 'validation' },
    });
    const { engine, record } = await onBothSides({ model, data: withoutEveryThird(data) }, spec, 1);
    const difference = losses(engine, record);
    expect(difference).toBeLessThan(1e-4);
    const [found, expected] = [record, engine].map(({ arms }) => arms[0]!.evaluations.at(-1)!);
    expectAlike(found!, expected!);
    expect(record.pools).toEqual(engine.pools);
    expect(found!.pool!.ranks).toEqual(expected!.pool!.ranks);
    expectTables(found!.sinks.tables.pictureAlpha!, expected!.sinks.tables.pictureAlpha!, 1e-4);
    expected!.readings.forEach(({ picture }, probe) => {
      expect(picture!.pixels).toBeNull();
      expectDrawn(found!.readings[probe]!.picture!, picture!);
    });
    return { 'difference of losses': difference };
  };
}

/**
 * Candidates for any target of every third user, only for the test target of the next, and none for the
 * others.
 */
function withCandidates({ log, split, ...more }: ReadLog): ReadLog {
  const random = forkRandom(0, 'candidates of a test');
  const sets = split.test
    .filter(({ user }) => user % 3 < 2)
    .map(({ user, position }) => ({
      user,
      target: user % 3 === 0 ? -1 : log.events.item(user, position),
      items: Array.from({ length: 12 + (user % 5) }, () => random.integer(log.items.length)),
    }));
  const start = new Uint32Array(sets.length + 1);
  sets.forEach(({ items }, at) => {
    start[at + 1] = start[at]! + items.length;
  });
  const candidates = {
    user: Int32Array.from(sets, ({ user }) => user),
    target: Int32Array.from(sets, ({ target }) => target),
    start,
    item: Int32Array.from(sets.flatMap(({ items }) => items)),
  };
  return { ...more, split, log: { ...log, candidates } };
}

/** The same log, of which every third item has no picture. */
function withoutEveryThird({ log, ...more }: ReadLog): ReadLog {
  const visual = {
    ...log.visual!,
    present: log.visual!.present.map((_, item) => Number(item % 3 !== 0)),
  };
  return { ...more, log: { ...log, visual } };
}
