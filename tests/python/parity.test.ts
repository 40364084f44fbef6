/**
 * The same experiment in the engine and in PyTorch: batches bit for bit, losses to 1e-4, measures to 1e-4, on one process or two.
 * More steps: PARITY_STEPS=200.
 */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskFeatures, diskSource, readBytes } from '../../src/cli/diskSource';
import { initialParameters, layOutParameters } from '../../src/engine/parameters';
import { embeddingStatistics } from '../../src/engine/decoder/embeddingStatistics';
import { chooseDriftTexts } from '../../src/experiment/measure';
import { prepareData } from '../../src/experiment/preparedData';
import { chooseProbes } from '../../src/experiment/probes';
import { runExperiment } from '../../src/experiment/runExperiment';
import { forkRandom } from '../../src/log/random';
import type { ReadLog } from '../../src/log/readLog';
import { readSampleLog } from '../../src/log/sample';
import { SAMPLE_LOG } from '../../src/log/sampleLog';
import { sampleUsers } from '../../src/log/sampling';
import { decodePools } from '../../src/measures/ranking/candidatePools';
import type { LoadedModel } from '../../src/model/loadedModel';
import { loadModel } from '../../src/model/loadModel';
import { createTokenizer } from '../../src/model/tokenizer';
import type { Evaluation, Fidelity, PoolRanking, Reading, RunRecord, SemanticOverlap } from '../../src/record/runRecord';
import { runSpecSchema, type RunSpec } from '../../src/recipe/runSpec';
import { readArm } from '../../src/recipe/namedArms';
import { TERM_IDS } from '../../src/recipe/terms';
import { sharedGpu } from '../../src/testing/sharedGpu';
import { askPython, exported, MODEL, python, recordOf, train } from './job';

const STEPS = Number(process.env.PARITY_STEPS ?? 10);
const SPEC = runSpecSchema.parse({
  seed: 3,
  arms: [
    readArm('action'),
    readArm('karma+item'),
    { ...readArm('shuffled'), lambdaItem: 0.3 },
    readArm('karma+img'),
    { ...readArm('img-shuffled'), imageContext: 'history' },
  ],
  objective: { maxHistory: 10, maxTextTokens: 14 },
  training: { steps: STEPS, batchSize: 6, warmupSteps: 3, textShare: 0.5 },
  evaluation: { evaluations: 1, sampleUsers: 24, finalUsers: 24, probes: 3 },
});

let data: ReadLog;
let model: LoadedModel;
let folder: string;
/** The same with departments held out of training. */
const HELD_OUT = runSpecSchema.parse({
  ...SPEC,
  data: { heldOutCategories: 0.4 },
});
let heldOutFolder: string;
beforeAll(async () => {
  if (python === null) return;
  data = await readSampleLog(async (file) => (await readBytes(path.join('public', file))).buffer);
  model = await loadModel(diskSource(MODEL), 'wordnet-1m', () => undefined, createTokenizer);
  folder = await exported({ spec: SPEC, plan: null, data });
  heldOutFolder = await exported({ spec: HELD_OUT, plan: null, data });
});
afterAll(() => {
  if (python === null) return;
  for (const one of [folder, heldOutFolder]) rmSync(one, { recursive: true });
});

describe.skipIf(python === null)('an exported job', () => {
  it('ranks in the pools that came with the log, with the engine’s candidates and targets', async () => {
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
    const given = withCandidates(data);
    const own = await exported({ spec, plan: null, data: given });
    try {
      const engine = await inEngine(spec, own, given);
      await train(own, 2, '--out', 'two');
      const record = recordOf(own, 'two/run.json');
      expect(record.pools).toEqual(engine.pools);
      const pools = decodePools(record.pools!.all);
      expect(pools).toHaveLength(SPEC.evaluation.finalUsers as number);
      for (const name of ['popularity', 'itemKnn', 'lastItem', 'zeroShot'] as const) {
        const [found, expected] = [record.baselines[name]!.pool!, engine.baselines[name]!.pool!];
        for (const targets of ['sample', 'all'] as const) {
          expect(found[targets].size).toBe(expected[targets].size);
          // K = 20 exceeds the smallest pool.
          expect(Object.keys(found[targets].all.hr)).toEqual(['1', '5']);
          expect(found[targets].all.hr).toEqual(expected[targets].all.hr);
          expect(hitsByGroup(found[targets])).toEqual(hitsByGroup(expected[targets]));
        }
      }
      record.arms[0]!.evaluations.forEach((evaluation, at) => {
        const expected = engine.arms[0]!.evaluations[at]!;
        expect(evaluation.groups).toEqual(expected.groups);
        expect(evaluation.pool!.ranks).toEqual(expected.pool!.ranks);
        expect(evaluation.pool!.size).toBe(expected.pool!.size);
        expect(evaluation.pool!.all.hr).toEqual(expected.pool!.all.hr);
        expect(hitsByGroup(evaluation.pool!)).toEqual(hitsByGroup(expected.pool!));
        expect(Object.keys(evaluation.ranking.groups!)).toEqual(Object.keys(expected.ranking.groups!));
      });
    } finally {
      rmSync(own, { recursive: true });
    }
  });

  it('reads text and pictures from embeddings like the engine, draws like it, and records what visual features are', async () => {
    const spec = runSpecSchema.parse({
      ...SPEC,
      arms: [readArm('karma+img'), { ...readArm('img-mse'), shuffledImages: true }],
      features: { source: 'lm+visual', visual: 'images' },
      training: { ...SPEC.training, steps: 2, decay: 'cosine' },
      evaluation: { ...SPEC.evaluation, finalUsers: 40, probeSteps: 8 },
    });
    const own = await exported({ spec, plan: null, data });
    try {
      const engine = await inEngine(spec, own);
      await train(own, 2, '--out', 'two');
      const record = recordOf(own, 'two/run.json');
      console.info(`largest relative difference of losses and norms: ${losses(engine, record)}`);
      expect(losses(engine, record)).toBeLessThan(1e-4);
      const last = (run: RunRecord, arm: number): Evaluation => run.arms[arm]!.evaluations.at(-1)!;
      const pairs = [
        [record.base.control, engine.base.control],
        [record.base.fidelity, engine.base.fidelity],
        ...spec.arms.map((_, arm) => [last(record, arm).fidelity, last(engine, arm).fidelity] as const),
      ] as const;
      const worst = pairs.map(([found, expected]) => expectFidelity(found!, expected!));
      console.info(`largest difference of fidelity: ${worst.map((difference) => difference.toExponential(1)).join(', ')}`);
      spec.arms.forEach((arm, at) => {
        last(engine, at).readings.forEach((reading, probe) => {
          const found = last(record, at).readings[probe]!;
          expect(found.picture === undefined).toBe(arm.lambdaImg === 0);
          if (reading.picture) expectDrawn(found.picture!, reading.picture);
        });
      });
    } finally {
      rmSync(own, { recursive: true });
    }
  });

  it.each([
    ['category', 'retrieved'],
    ['category-path', 'exposed'],
  ] as const)(
    'takes the %s in place of pictures that some items lack, in x and in L_img, and draws pools from %s items',
    async (visual, poolFrom) => {
      const spec = runSpecSchema.parse({
        ...SPEC,
        arms: [readArm('img')],
        features: { source: 'lm+visual', visual },
        training: { ...SPEC.training, steps: 3 },
        evaluation: { ...SPEC.evaluation, protocol: 'pre-ranking', poolFrom, poolSize: 60, watch: 'validation' },
      });
      const given = withoutEveryThird(data);
      const own = await exported({ spec, plan: null, data: given });
      try {
        const engine = await inEngine(spec, own, given);
        await train(own, 1, '--out', 'one');
        const record = recordOf(own, 'one/run.json');
        expect(losses(engine, record)).toBeLessThan(1e-4);
        const [found, expected] = [record, engine].map(({ arms }) => arms[0]!.evaluations.at(-1)!);
        expectAlike(found!, expected!);
        expect(record.pools).toEqual(engine.pools);
        expect(found!.pool!.ranks).toEqual(expected!.pool!.ranks);
        expectTables(found!.sinks.pictureAlpha!, expected!.sinks.pictureAlpha!, 1e-4);
        expected!.readings.forEach(({ picture }, probe) => {
          expect(picture!.pixels).toBeNull();
          expectDrawn(found!.readings[probe]!.picture!, picture!);
        });
      } finally {
        rmSync(own, { recursive: true });
      }
    },
  );

  it.each([
    ['of all departments', SPEC, () => folder],
    ['with departments held out', HELD_OUT, () => heldOutFolder],
  ])('has the engine’s batches, start values, probes and users, bit for bit, %s', async (_, spec, folderOf) => {
    const { log, split } = data;
    const prepared = await prepareData(log, split, model, spec);
    const { config } = model;
    const layout = layOutParameters(config, SPEC, {
      items: log.items.length,
      imageSize: prepared.imageSize!,
    });
    const flat = initialParameters(layout, config, await embeddingStatistics(model.weights, config), SPEC);
    const pack = {
      itemInterface: 'token',
      positions: 'all',
      hideEmbFromText: false,
      titleTokens: [],
      bosId: config.bosId,
    } as const;
    const options = {
      ...pack,
      withText: false,
      sinkToken: false,
      embToken: SPEC.objective.embToken,
    };
    const probes = chooseProbes(prepared, SPEC.evaluation.probes, SPEC.seed, options, model.tokenizer);
    // Whole epochs, including their boundaries.
    const steps = Array.from({ length: 210 }, (_, index) => 5 * index);
    const streams = {
      batches: steps.flatMap((step) =>
        SPEC.arms.map((arm) => ({
          step,
          arm: arm.id,
          examples: prepared.batch(step, arm),
        })),
      ),
      probes: probes.described,
      permuted: probes.permuted.map(({ examples }) => examples.map(({ history }) => history)),
      driftTexts: chooseDriftTexts(prepared, SPEC.seed),
      sampled: {
        users: 100,
        targets: sampleUsers(split.test, 100, SPEC.seed).map(({ user, position }) => [user, position]),
      },
      features: config.hidden,
      start: Object.fromEntries(
        [...layout.slots.values()].map(({ name, offset, rows, columns }) => [
          name,
          [...flat.subarray(offset, offset + rows * columns)],
        ]),
      ),
    };
    writeFileSync(path.join(folderOf(), 'streams.json'), JSON.stringify(streams, plainArrays));
    const { status, answer } = askPython('oracle.check_streams', folderOf());
    expect(status, answer).toBe(0);
    console.info(`streams: ${answer.trim()}`);
    expect(JSON.parse(answer)).toMatchObject({
      batches: 1050,
      different: [],
    });
  });

  it(`trains like the engine for ${STEPS} steps, on one process and on two`, async () => {
    const engine = await inEngine(SPEC, folder);
    await train(folder, 2, '--out', 'two');
    await train(folder, 1, '--out', 'one');
    const [one, two] = [recordOf(folder, 'one/run.json'), recordOf(folder, 'two/run.json')];
    expect(one.complete && two.complete).toBe(true);
    expect(two.adapter).toMatchObject({
      vendor: 'PyTorch',
      runtime: 'torch',
      fallback: true,
    });
    const table = {
      'engine, one': losses(engine, one),
      'engine, two': losses(engine, two),
      'one, two': losses(one, two),
    };
    console.info(`largest relative difference of losses and norms over ${STEPS} steps: ${JSON.stringify(table)}`);
    expect(table['engine, one']).toBeLessThan(1e-4);
    expect(table['engine, two']).toBeLessThan(1e-4);
    expect(table['one, two']).toBeLessThan(1e-5);
    for (const record of [one, two]) {
      expect(record.probes).toEqual(engine.probes);
      expectBaselines(record, engine);
      record.arms.forEach((arm, index) => {
        arm.evaluations.forEach((evaluation, at) => {
          expectAlike(evaluation, engine.arms[index]!.evaluations[at]!);
        });
      });
    }
  });
});

/** The engine's run of a recipe; features that it computes are stored in a job's folder. */
async function inEngine(spec: RunSpec, job: string, read = data): Promise<RunRecord> {
  const shipped = path.join('public', SAMPLE_LOG.folder, 'features-wordnet-1m.safetensors');
  const certification = { certificate: null, uncertified: 'a test' };
  const store = diskFeatures(shipped, path.join(job, 'cache'));
  return runExperiment(
    {
      gpu: await sharedGpu(),
      spec,
      model,
      certification,
      data: read,
      store,
      profiled: () => false,
    },
    () => undefined,
    () => Promise.resolve('go'),
  );
}

/** Sums of other measures, and interpolated bounds, may differ in their last bits. */
function hitsByGroup({ groups }: Pick<PoolRanking, 'groups'>): unknown {
  return Object.entries(groups!).map(([group, { n, hr }]) => [group, n, hr]);
}

/** Candidates for any target of every third user, only for the test target of the next, and none for the others. */
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

function plainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}

/** Largest relative difference of any loss or gradient norm. */
function losses(a: RunRecord, b: RunRecord): number {
  let worst = 0;
  a.arms.forEach(({ steps }, arm) => {
    const others = b.arms[arm]!.steps;
    for (const name of ['total', 'action', ...TERM_IDS, 'gradNorm', 'learningRate'] as const) {
      expect(others[name]).toHaveLength(steps[name].length);
      steps[name].forEach((value, step) => {
        const other = others[name][step] ?? null;
        if (value === null || other === null) expect(other).toBe(value);
        else worst = Math.max(worst, Math.abs(value - other) / Math.abs(value));
      });
    }
  });
  return worst;
}

function expectBaselines(record: RunRecord, engine: RunRecord): void {
  for (const name of ['popularity', 'itemKnn', 'lastItem', 'zeroShot'] as const) {
    expect(record.baselines[name]!.all.all.hr).toEqual(engine.baselines[name]!.all.all.hr);
    expect(record.baselines[name]!.all.all.mrr).toBeCloseTo(engine.baselines[name]!.all.all.mrr, 9);
    expectOverlap(record.baselines[name]!.overlap!, engine.baselines[name]!.overlap!);
  }
}

/** Counts within one user, sink rates within one head of one history, everything else within 1e-4. */
function expectAlike(found: Evaluation, expected: Evaluation): void {
  const users = expected.ranks.length;
  for (const [k, share] of Object.entries(expected.ranking.all.hr)) {
    expect(Math.abs(found.ranking.all.hr[k]! - share) * users).toBeLessThan(1 + 1e-9);
  }
  expect(found.cold).toEqual(expected.cold);
  expect(found.overlap === undefined).toBe(expected.overlap === undefined);
  if (expected.overlap) expectOverlap(found.overlap!, expected.overlap);
  const { lmNll, rankMeInterest, rankMeItem } = found.collapse;
  const other = expected.collapse;
  for (const [a, b] of [
    [lmNll, other.lmNll],
    [rankMeInterest, other.rankMeInterest],
    [rankMeItem, other.rankMeItem],
    [found.collapse.interest!.uniformity, other.interest!.uniformity],
    [found.collapse.item!.meanCosine, other.item!.meanCosine],
  ] as const)
    expect(Math.abs(a - b)).toBeLessThan(1e-4 * Math.max(1, Math.abs(b)));
  for (const measure of ['itemAlpha', 'firstAlpha', 'barcode', 'embEntropy'] as const) {
    expectTables(found.sinks[measure], expected.sinks[measure], 1e-4);
    expectTables(found.userSinks![measure], expected.userSinks![measure], 1e-4);
  }
  expectTables(found.sinks.contentCorrelation!, expected.sinks.contentCorrelation!, 1e-4);
  for (const measure of ['itemSinkRate', 'firstHalfSinkRate'] as const) {
    expectTables(found.sinks[measure]!, expected.sinks[measure]!, 1 / expected.sinks.probes + 1e-9);
    expectTables(found.userSinks![measure]!, expected.userSinks![measure]!, 1 / users + 1e-9);
  }
}

/** Of a list of 50, one item near a tie may be another one. */
function expectOverlap(found: SemanticOverlap, expected: SemanticOverlap): void {
  expect([found.k, found.targets]).toEqual([expected.k, expected.targets]);
  for (const name of ['space', 'tokens'] as const) {
    expect(Math.abs(found[name] - expected[name])).toBeLessThan(1e-3);
    expected[`${name}Interval`]!.forEach((bound, side) => {
      expect(Math.abs(found[`${name}Interval`]![side]! - bound)).toBeLessThan(1e-3);
    });
  }
}

/** Means and their bounds within 1e-4; one token of decoded texts may be a near tie. @returns the largest difference of means */
function expectFidelity(found: Fidelity, expected: Fidelity): number {
  const { steps, pairs, shrinkage } = expected;
  expect([found.steps, found.pairs, found.shrinkage]).toEqual([steps, pairs, shrinkage]);
  let worst = 0;
  const expectGains = (a: Pick<Fidelity, 'all' | 'warm' | 'cold'>, b: typeof a): void => {
    for (const split of ['all', 'warm', 'cold'] as const) {
      expect(a[split].n).toBe(b[split].n);
      for (const name of ['nll', 'empty', 'gain'] as const) worst = Math.max(worst, Math.abs(a[split][name] - b[split][name]));
      b[split].gainInterval!.forEach((bound, side) => {
        expect(Math.abs(a[split].gainInterval![side]! - bound)).toBeLessThan(1e-4);
      });
    }
  };
  expectGains(found, expected);
  expectGains(found.image!, expected.image!);
  expect(worst).toBeLessThan(1e-4);
  const { n, accuracy } = expected.category!.all;
  expect(found.category!.all.n).toBe(n);
  expect(Math.abs(found.category!.all.accuracy - accuracy) * n).toBeLessThan(1 + 1e-9);
  expect(found.decoded).toHaveLength(expected.decoded.length);
  return worst;
}

/** v within 1e-4, shades within 1 of 255, and the same nearest pictures. */
function expectDrawn(found: NonNullable<Reading['picture']>, expected: NonNullable<Reading['picture']>): void {
  expect(found.nearest.map(({ title }) => title)).toEqual(expected.nearest.map(({ title }) => title));
  expected.nearest.forEach(({ distance }, at) => {
    expect(Math.abs(found.nearest[at]!.distance - distance)).toBeLessThan(1e-4);
  });
  expect(found.pixels === null).toBe(expected.pixels === null);
  if (expected.pixels === null) return;
  const [a, b] = [found.pixels!, expected.pixels].map((text) => [...Buffer.from(text, 'base64')]);
  expect(a).toHaveLength(b!.length);
  expect(Math.max(...a!.map((shade, at) => Math.abs(shade - b![at]!)))).toBeLessThanOrEqual(1);
}

function expectTables(found: readonly (readonly number[])[], expected: readonly (readonly number[])[], within: number): void {
  expected.forEach((row, layer) => {
    row.forEach((value, head) => {
      expect(Math.abs(found[layer]![head]! - value)).toBeLessThan(within);
    });
  });
}
