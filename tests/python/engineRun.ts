/** The engine's side of a job that PyTorch trains, and how closely two records of one recipe must agree. */
import path from 'node:path';
import { expect } from 'vitest';
import { diskFeatures, diskSource, openSampleLog } from '../../src/cli/diskSource';
import { catalogueFeatures } from '../../src/experiment/prepare/catalogueFeatures';
import type { FeatureStore } from '../../src/experiment/prepare/storedMeans';
import type { StoredFeatures } from '../../src/experiment/job/featureFiles';
import { runExperiment } from '../../src/experiment/runExperiment';
import type { StartAdapter } from '../../src/experiment/train/startAdapter';
import { LogEvents } from '../../src/log/logEvents';
import { restrictTraining } from '../../src/log/restrictTraining';
import { lastBasket } from '../../src/log/split';
import type { ReadLog } from '../../src/log/readLog';
import { SAMPLE_LOG } from '../../src/log/sampleLog';
import type { CatalogueFeatures } from '../../src/model/decoderConfig';
import type { LoadedModel } from '../../src/model/loadedModel';
import { loadModel, modelSummary } from '../../src/model/loadModel';
import { createTokenizer } from '../../src/model/tokenizer';
import type { RunEvent } from '../../src/record/runEvents';
import type { Evaluation, Fidelity, Ranked, ProbeReading, RunRecord } from '../../src/record/runRecord';
import { EMBEDDED_MODEL, runSpecSchema, type RunSpec } from '../../src/recipe/runSpec';
import { readArm } from '../../src/recipe/namedArms';
import { TERM_IDS } from '../../src/recipe/terms';
import { sharedGpu } from '../../src/testing/sharedGpu';
import { textsOfModel } from '../../src/model/domainTexts/domainTexts';
import { MODEL } from './job';

/** All kinds of arms. */
export const SPEC = runSpecSchema.parse({
  version: 1,
  seed: 3,
  arms: [
    readArm('action'),
    readArm('karma+item'),
    { ...readArm('shuffled'), lambdaItem: 0.3 },
    { ...readArm('karma'), id: 'karma+img', lambdaImg: 0.3, lambdaZ: 1e-4, beta2: 0.95 },
    { ...readArm('img-shuffled'), imageContext: 'history' },
    readArm('random-target'),
    { ...readArm('action-longer'), updates: 2 },
    readArm('replay'),
  ],
  objective: { maxHistory: 10, maxTextTokens: 14 },
  training: { steps: 4, batchSize: 6, warmupSteps: 3, textShare: 0.5 },
  evaluation: {
    evaluations: 1,
    sampleUsers: 24,
    finalUsers: 24,
    probes: 3,
    baselineTrials: 2,
    texts: 12,
    // More than are measured: the others are L_replay's.
    domainTexts: textsOfModel(EMBEDDED_MODEL).slice(0, 80),
  },
});

/** The same with departments held out of training, several texts of a user, and L_exp. */
export const HELD_OUT = runSpecSchema.parse({
  ...SPEC,
  data: { heldOutCategories: 0.4 },
  objective: { ...SPEC.objective, lambdaExp: 0.5 },
  training: { ...SPEC.training, textShare: 2.5 },
});
/**
 * Items as codes, which the items' features decide, and a sink token in one arm. With this seed the last bits
 * of features that PyTorch computes move the start of a centroid, and with it most codes.
 */
export const SEMANTIC = runSpecSchema.parse({
  ...SPEC,
  seed: 4,
  arms: [readArm('action'), readArm('karma'), { ...readArm('shuffled'), sinkToken: true }],
  objective: { ...SPEC.objective, itemInterface: 'semantic' },
  evaluation: { ...SPEC.evaluation, probeSteps: 4 },
});

/**
 * Baskets predict baskets, in logs that have them (`inBaskets`); histories are cut, within baskets too.
 * Several texts of a user, and L_exp.
 */
export const BASKETS = runSpecSchema.parse({
  ...SPEC,
  arms: [readArm('action'), readArm('shuffled'), readArm('random-target')],
  objective: { ...SPEC.objective, maxHistory: 5, positions: 'baskets', candidates: 'possible', lambdaExp: 0.5 },
  training: { ...SPEC.training, textShare: 2.5 },
});
/** The same without cuts, and with departments held out of training. */
export const WHOLE_BASKETS = runSpecSchema.parse({
  ...BASKETS,
  data: { heldOutCategories: 0.4 },
  objective: { ...BASKETS.objective, maxHistory: 30 },
  training: { ...BASKETS.training, crop: 'whole' },
});

/** A log with up to four events of a user at one time, of which the last are predicted. */
export function inBaskets(data: ReadLog): ReadLog {
  const { columns } = data.log.events;
  const time = columns.time.map((_, place) => Math.floor(place / 4) + (place % 4 === 3 && place % 3 === 0 ? 0.5 : 0));
  const log = { ...data.log, events: new LogEvents({ ...columns, time }) };
  return { ...data, log, split: lastBasket(log) };
}

/**
 * Heads that are the features by principal axes, beside collaborative factors: few users, since their axes
 * take long.
 */
export const STRONG = runSpecSchema.parse({
  ...SPEC,
  arms: [readArm('karma')],
  data: { trainingUsers: 400 },
  features: { source: 'lm+visual', visual: 'category-path', axes: 32, collaborative: 0.6 },
  objective: {
    ...SPEC.objective,
    maxHistory: 4,
    headStart: 'identity',
    embToken: 'last-item',
    embeddingSize: 64,
    interestSkip: 'features',
    skipItems: 0,
    skipLast: 0.3,
    popularity: 0.5,
    candidates: 'possible',
  },
  evaluation: { ...SPEC.evaluation, sampleUsers: 60, finalUsers: 60, baselineTrials: 1 },
});

/** What both sides read. */
export interface ParityBench {
  readonly data: ReadLog;
  readonly model: LoadedModel;
}

export async function openBench(): Promise<ParityBench> {
  return {
    data: await openSampleLog('public'),
    model: await loadModel(diskSource(MODEL), 'wordnet-1m', () => undefined, createTokenizer),
  };
}

/** What the items are to the engine; features that it computes are stored in a job's folder. */
export async function featuresOf({ data, model }: ParityBench, spec: RunSpec, job: string): Promise<CatalogueFeatures> {
  const split = restrictTraining(data.log, data.split, spec.data);
  return catalogueFeatures(await sharedGpu(), model, { log: data.log, split }, spec, storeOf(job), {
    onProgress: () => undefined,
  });
}

/** What a job is to take along of the features that are shipped. */
export function storedOf({ model }: ParityBench): StoredFeatures {
  return { model: modelSummary(model), store: storeOf('nowhere') };
}

function storeOf(job: string): FeatureStore {
  return diskFeatures(path.join('public', SAMPLE_LOG.folder, 'features-wordnet-1m.safetensors'), path.join(job, 'cache'));
}

/** The engine's run of a recipe; features that it computes are stored in a job's folder. */
export async function inEngine(
  { data, model }: ParityBench,
  spec: RunSpec,
  job: string,
  {
    emit = () => undefined,
    start = null,
  }: { readonly emit?: (event: RunEvent) => void; readonly start?: StartAdapter | null } = {},
): Promise<RunRecord> {
  const certification = { certificate: null, uncertified: 'a test' };
  return runExperiment(
    {
      gpu: await sharedGpu(),
      spec,
      model,
      certification,
      data,
      store: storeOf(job),
      start,
      profiled: () => false,
    },
    emit,
    () => Promise.resolve('go'),
  );
}

/** Sums of other measures, and interpolated bounds, may differ in their last bits. */
export function hitsBySplit({ targets, values }: Ranked): unknown {
  return [targets, Object.entries(values).filter(([id]) => /(?:^|-)hr@/.test(id))];
}

/** Largest relative difference of any loss or gradient norm. */
export function losses(a: RunRecord, b: RunRecord): number {
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

/** The same probes, baselines and evaluations. */
export function expectAllAlike(record: RunRecord, engine: RunRecord): void {
  expect(record.complete).toBe(true);
  expect(record.probes).toEqual(engine.probes);
  expectBaselines(record, engine);
  expectTestSinks(record, engine);
  record.arms.forEach(({ evaluations }, arm) => {
    const expected = engine.arms[arm]!.evaluations;
    expect(evaluations).toHaveLength(expected.length);
    evaluations.forEach((evaluation, at) => {
      expectAlike(evaluation, expected[at]!);
    });
  });
}

export function expectBaselines(record: RunRecord, engine: RunRecord): void {
  expect(record.easeLeftOut).toBeUndefined();
  // Features differ in their last bits, and with them ties.
  for (const name of ['popularity', 'itemKnn', 'tfidf', 'ease', 'category'] as const)
    for (const population of ['sample', 'all'] as const)
      expect(record.baselines[name]![population].ranks).toEqual(engine.baselines[name]![population].ranks);
  for (const name of ['popularity', 'itemKnn', 'lastItem', 'zeroShot', 'tfidf', 'ease', 'category'] as const) {
    const [found, expected] = [record, engine].map(({ baselines }) => baselines[name]!.all) as [Ranked, Ranked];
    expect(found.ranks).toHaveLength(expected.targets.all);
    expect(hitsOfAll(found)).toEqual(hitsOfAll(expected));
    expect(found.values.mrr).toBeCloseTo(expected.values.mrr!, 9);
    expectOverlap(found, expected);
    expect(record.baselines[name]!.tuning).toEqual(engine.baselines[name]!.tuning);
  }
}

/** Counts within one user, sink rates within one head of one history, everything else within 1e-4. */
export function expectAlike(found: Evaluation, expected: Evaluation): void {
  const users = expected.ranks.length;
  for (const [id, share] of hitsOfAll(expected)) {
    expect(Math.abs(found.values[id]! - share) * users).toBeLessThan(1 + 1e-9);
  }
  // What one side measures the other one does, too.
  expect(Object.keys(found.values).sort()).toEqual(Object.keys(expected.values).sort());
  expect(found.cold).toEqual(expected.cold);
  expectOverlap(found, expected);
  const language = ['lmNll', 'domainNll', 'domainDrift'];
  for (const id of [...language, 'rankMeInterest', 'rankMeItem', 'uniformityInterest', 'meanCosineItem']) {
    const [a, b] = [found.values[id] ?? 0, expected.values[id] ?? 0];
    expect(Math.abs(a - b)).toBeLessThan(1e-4 * Math.max(1, Math.abs(b)));
  }
  // With semantic IDs the users' attention is not measured.
  expect(found.userSinks === undefined).toBe(expected.userSinks === undefined);
  for (const measure of ['itemAlpha', 'firstAlpha', 'barcode', 'embEntropy'] as const) {
    expectTables(found.sinks.tables[measure]!, expected.sinks.tables[measure]!, 1e-4);
    if (expected.userSinks) expectTables(found.userSinks!.tables[measure]!, expected.userSinks.tables[measure]!, 1e-4);
  }
  expectTables(found.sinks.tables.contentCorrelation!, expected.sinks.tables.contentCorrelation!, 1e-4);
  for (const measure of ['itemSinkRate', 'firstHalfSinkRate'] as const) {
    expectTables(found.sinks.tables[measure]!, expected.sinks.tables[measure]!, 1 / expected.sinks.probes + 1e-9);
    if (expected.userSinks)
      expectTables(found.userSinks!.tables[measure]!, expected.userSinks.tables[measure]!, 1 / users + 1e-9);
  }
}

/**
 * The same with what only semantic IDs have.
 * @returns the largest difference of a listed item's log-probability, relative below −1, and the number of
 * other ranks
 */
export function expectAlikeByCodes(found: Evaluation, expected: Evaluation): { readonly scores: number; readonly ranks: number } {
  expectAlike(found, expected);
  const users = expected.ranks.length;
  expect(found.values.codeCollisions).toBeCloseTo(expected.values.codeCollisions!, 12);
  expect(Math.abs(found.values.codeValidity! - expected.values.codeValidity!) * users).toBeLessThan(1 + 1e-9);
  expect(found.values.gauc).toBeUndefined();
  let scores = 0;
  expected.readings.forEach(({ top, decoded }, probe) => {
    const other = found.readings[probe]!;
    expect(other.top.map(({ title }) => title)).toEqual(top.map(({ title }) => title));
    top.forEach(({ score }, at) => {
      scores = Math.max(scores, Math.abs(other.top[at]!.score - score) / Math.max(1, -score));
    });
    expect(other.decoded === null).toBe(decoded === null);
  });
  expect(scores).toBeLessThan(1e-4);
  const ranks = expected.ranks.filter((rank, user) => found.ranks[user] !== rank).length;
  expect(ranks).toBeLessThanOrEqual(1);
  return { scores, ranks };
}

/** Of a list of 50, one item near a tie may be another one. */
function expectOverlap(found: Ranked, expected: Ranked): void {
  expect(found.overlapTargets).toBe(expected.overlapTargets);
  if (expected.overlapTargets === undefined) return;
  for (const id of ['js50-space', 'js50-tokens']) {
    expect(Math.abs(found.values[id]! - expected.values[id]!)).toBeLessThan(1e-3);
    expected.intervals[id]!.forEach((bound, side) => {
      expect(Math.abs(found.intervals[id]![side]! - bound)).toBeLessThan(1e-3);
    });
  }
}

/** Hit rates over all targets, by measure ID. */
export function hitsOfAll({ values }: Pick<Ranked, 'values'>): [string, number][] {
  return Object.entries(values).filter(([id]) => id.startsWith('hr@'));
}

/**
 * Means and their bounds within 1e-4; one token of decoded texts may be a near tie.
 * @returns the largest difference of means
 */
export function expectFidelity(found: Fidelity, expected: Fidelity): number {
  const { steps, pairs, shrinkage } = expected;
  expect([found.steps, found.pairs, found.shrinkage]).toEqual([steps, pairs, shrinkage]);
  expect(found.counts).toEqual(expected.counts);
  expect(expected.counts).toHaveProperty('visualDecodability');
  let worst = 0;
  for (const [id, value] of Object.entries(expected.values).filter(([own]) => !/decoded(Category|Path)$/.test(own))) {
    worst = Math.max(worst, Math.abs(found.values[id]! - value));
    expected.intervals[id]?.forEach((bound, side) => {
      expect(Math.abs(found.intervals[id]![side]! - bound)).toBeLessThan(1e-4);
    });
  }
  expect(worst).toBeLessThan(1e-4);
  for (const id of ['decodedCategory', 'decodedPath'])
    expect(Math.abs(found.values[id]! - expected.values[id]!) * expected.counts[id]!).toBeLessThan(1 + 1e-9);
  expect(found.decoded).toHaveLength(expected.decoded.length);
  return worst;
}

/** v within 1e-4, shades within 1 of 255, and the same nearest pictures. */
export function expectDrawn(found: NonNullable<ProbeReading['picture']>, expected: NonNullable<ProbeReading['picture']>): void {
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

export function expectTables(
  found: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  within: number,
): void {
  expected.forEach((row, layer) => {
    row.forEach((value, head) => {
      expect(Math.abs(found[layer]![head]! - value)).toBeLessThan(within);
    });
  });
}

/** The base model's attention over the users of the final evaluation; by items there is none. */
export function expectTestSinks(record: RunRecord, engine: RunRecord): void {
  const [found, expected] = [record.base.testSinks, engine.base.testSinks];
  expect(found?.users).toBe(expected?.users);
  if (expected) expectTables(found!.tables.itemAlpha!, expected.tables.itemAlpha!, 1e-4);
}
