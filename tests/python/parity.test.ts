/**
 * The same experiment in the engine and in PyTorch: batches bit for bit, losses to 1e-4, measures to 1e-4, on one process or two.
 * More steps: PARITY_STEPS=200. Other recipes: the campaign `parity`.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialParameters, layOutParameters } from '../../src/engine/parameters';
import { embeddingStatistics } from '../../src/engine/decoder/embeddingStatistics';
import { chooseDriftTexts } from '../../src/experiment/measure';
import { openAdapter } from '../../src/cli/diskSource';
import { prepareData } from '../../src/experiment/preparedData';
import { chooseProbes } from '../../src/experiment/probes';
import { startingFrom } from '../../src/experiment/startAdapter';
import { sampleUsers } from '../../src/log/sampling';
import type { ItemCodes } from '../../src/model/codes/itemCodes';
import { readArm } from '../../src/recipe/namedArms';
import { runSpecSchema } from '../../src/recipe/runSpec';
import {
  expectAlike,
  expectAlikeByCodes,
  expectBaselines,
  expectTables,
  featuresOf,
  inEngine,
  losses,
  openBench,
  storedOf,
  SPEC,
  STEPS,
  type ParityBench,
} from './engineRun';
import { askPython, exported, python, recordOf, train, trainAsPerson } from './job';

let bench: ParityBench;
let folder: string;
/** The same with departments held out of training. */
const HELD_OUT = runSpecSchema.parse({
  ...SPEC,
  data: { heldOutCategories: 0.4 },
});
let heldOutFolder: string;
/**
 * Items as codes, which the items' features decide, and a sink token in one arm. With this seed the last bits of features that PyTorch computes
 * move the start of a centroid, and with it most codes.
 */
const SEMANTIC = runSpecSchema.parse({
  ...SPEC,
  seed: 4,
  arms: [readArm('action'), readArm('karma'), { ...readArm('shuffled'), sinkToken: true }],
  objective: { ...SPEC.objective, itemInterface: 'semantic' },
  evaluation: { ...SPEC.evaluation, probeSteps: 4 },
});
let semanticFolder: string;
beforeAll(async () => {
  if (python === null) return;
  bench = await openBench();
  const { data } = bench;
  folder = await exported({ spec: SPEC, plan: null, data });
  heldOutFolder = await exported({ spec: HELD_OUT, plan: null, data });
  semanticFolder = await exported({ spec: SEMANTIC, plan: null, data, stored: storedOf(bench) });
});
afterAll(() => {
  if (python === null) return;
  for (const one of [folder, heldOutFolder, semanticFolder]) rmSync(one, { recursive: true });
});

describe.skipIf(python === null)('an exported job', () => {
  it.each([
    ['of all departments', SPEC, () => folder],
    ['with departments held out', HELD_OUT, () => heldOutFolder],
    ['with semantic IDs', SEMANTIC, () => semanticFolder],
  ])('has the engine’s batches, start values, probes and users, bit for bit, %s', async (_, spec, folderOf) => {
    const { data, model } = bench;
    const { log, split } = data;
    const prepared = await prepareData(log, split, model, spec);
    const { config } = model;
    const layout = layOutParameters(config, spec, {
      items: log.items.length,
      imageSize: prepared.imageSize ?? 0,
    });
    const flat = initialParameters(layout, config, await embeddingStatistics(model.weights, config), spec);
    const { itemInterface, embToken } = spec.objective;
    const codes = itemInterface === 'semantic' ? (await featuresOf(bench, spec, folderOf())).codes! : null;
    const pack = {
      itemInterface,
      codes,
      positions: 'all',
      hideEmbFromText: false,
      titleTokens: [],
      bosId: config.bosId,
    } as const;
    const options = {
      ...pack,
      withText: false,
      sinkToken: false,
      embToken,
    };
    const probes = chooseProbes(prepared, spec.evaluation.probes, spec.seed, options, model.tokenizer);
    // Whole epochs, including their boundaries.
    const steps = Array.from({ length: 210 }, (_, index) => 5 * index);
    const streams = {
      batches: steps.flatMap((step) =>
        spec.arms.map((arm) => ({
          step,
          arm: arm.id,
          examples: prepared.batch(step, arm),
        })),
      ),
      probes: probes.described,
      permuted: probes.permuted.map(({ examples }) => examples.map(({ history }) => history)),
      driftTexts: chooseDriftTexts(prepared, spec.seed),
      sampled: {
        users: 100,
        targets: sampleUsers(split.test, 100, spec.seed).map(({ user, position }) => [user, position]),
      },
      features: config.hidden,
      ...(codes && { codes: [codes.sizes, rowsOf(codes)] }),
      start: Object.fromEntries(
        [...layout.slots.values()].map(({ name, offset, rows, columns }) => [
          name,
          [...flat.subarray(offset, offset + rows * columns)],
        ]),
      ),
    };
    writeFileSync(path.join(folderOf(), 'streams.json'), JSON.stringify(streams, plainArrays));
    const { status, answer } = await askPython('oracle.check_streams', folderOf());
    expect(status, answer).toBe(0);
    console.info(`streams: ${answer.trim()}`);
    expect(JSON.parse(answer)).toMatchObject({
      batches: steps.length * spec.arms.length,
      different: [],
    });
  });

  it(`trains like the engine for ${STEPS} steps, on one process and on two`, async () => {
    const engine = await inEngine(bench, SPEC, folder);
    await trainAsPerson(folder, 'two');
    await train(folder, 1, 'one');
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

describe.skipIf(python === null)('semantic IDs', () => {
  it(`train like the engine's for ${STEPS} steps, on one process and on two`, async () => {
    const engine = await inEngine(bench, SEMANTIC, semanticFolder);
    await train(semanticFolder, 1, 'one');
    await train(semanticFolder, 2, 'two');
    const [one, two] = [recordOf(semanticFolder, 'one/run.json'), recordOf(semanticFolder, 'two/run.json')];
    const apart = [losses(engine, one), losses(engine, two), losses(one, two)] as const;
    console.info(`codes: largest relative difference of losses and norms ${apart.map((x) => x.toExponential(1)).join(', ')}`);
    expect(Math.max(apart[0], apart[1])).toBeLessThan(1e-4);
    expect(apart[2]).toBeLessThan(1e-5);
    // No features but those of the job.
    expect(readdirSync(path.join(semanticFolder, 'cache')).filter((name) => /^features-.*npy$/.test(name))).toHaveLength(1);
    let [scores, ranks, read] = [0, 0, 0];
    for (const record of [one, two]) {
      expect(record.complete).toBe(true);
      expect(record.probes).toEqual(engine.probes);
      expectBaselines(record, engine);
      expect(record.base.control).toBeUndefined();
      expectTables(record.base.sinks.itemAlpha, engine.base.sinks.itemAlpha, 1e-4);
      record.arms.forEach((arm, index) => {
        const expected = engine.arms[index]!.evaluations;
        expect(arm.evaluations).toHaveLength(expected.length);
        arm.evaluations.forEach((evaluation, at) => {
          const difference = expectAlikeByCodes(evaluation, expected[at]!);
          [scores, ranks] = [Math.max(scores, difference.scores), ranks + difference.ranks];
        });
        const [found, wanted] = [arm.evaluations.at(-1)!.fidelity!, expected.at(-1)!.fidelity!];
        read = Math.max(read, Math.abs(found.all.nll - wanted.all.nll));
      });
    }
    expect(read).toBeLessThan(1e-4);
    console.info(
      `codes: largest difference of log p ${scores.toExponential(1)}, of fidelity ${read.toExponential(1)}, ${ranks} other ranks`,
    );
  }, 900_000);
});

/** Negatives of all processes, corrected by popularity among what is trained on; a trained baseline, with the same loss. */
const CORRECTED = runSpecSchema.parse({
  ...HELD_OUT,
  arms: [readArm('action')],
  objective: { ...HELD_OUT.objective, actionLoss: 'infonce', logQ: true },
  training: { ...HELD_OUT.training, steps: 5 },
  evaluation: { ...HELD_OUT.evaluation, sampleUsers: 4, finalUsers: 100, probes: 1, sasrecSteps: 20 },
});

describe.skipIf(python === null)('sampled candidates and the trained baseline', () => {
  it('are those of the engine on one process and on two', async () => {
    const job = await exported({ spec: CORRECTED, plan: null, data: bench.data });
    try {
      let lastLoss = NaN;
      const engine = await inEngine(bench, CORRECTED, job, {
        emit: (event) => {
          if (event.type !== 'progress' || event.progress.stage !== 'id-model') return;
          lastLoss = Number(/[\d.]+$/.exec(event.progress.note)?.[0]);
        },
      });
      const printed = [await train(job, 2, 'two'), await train(job, 1, 'one')];
      const [two, one] = [recordOf(job, 'two/run.json'), recordOf(job, 'one/run.json')];
      const apart = [losses(engine, one), losses(engine, two), losses(one, two)];
      console.info(`logQ: largest relative difference of losses and norms ${apart.map((x) => x.toExponential(1)).join(', ')}`);
      expect(Math.max(...apart)).toBeLessThan(1e-5);
      for (const text of printed) {
        const loss = Number(/SASRec-size: step 20 of 20, loss ([\d.]+)/.exec(text)?.[1]);
        expect(Math.abs(loss - lastLoss)).toBeLessThan(1e-3);
      }
      const expected = engine.baselines.sasrec!;
      for (const record of [one, two]) {
        const found = record.baselines.sasrec!;
        console.info(`SASRec-size: MRR ${found.all.all.mrr.toFixed(7)}, in the engine ${expected.all.all.mrr.toFixed(7)}`);
        expect([found.steps, found.parameters]).toEqual([expected.steps, expected.parameters]);
        expect(found.all.all.mrr).toBeCloseTo(expected.all.all.mrr, 4);
        expect(Math.abs(found.all.all.hr['10']! - expected.all.all.hr['10']!) * expected.all.all.n).toBeLessThan(1 + 1e-9);
        expect(found.all.lists!.popularity['10']! / expected.all.lists!.popularity['10']!).toBeCloseTo(1, 3);
      }
      await expectTheSameFrom(path.join(job, 'one/arms/action/adapter'));
    } finally {
      rmSync(job, { recursive: true });
    }
  }, 900_000);
});

/** Arms that start from an adapter which PyTorch wrote, in the engine and in PyTorch. */
async function expectTheSameFrom(folder: string): Promise<void> {
  const start = await openAdapter(folder);
  const { data, model } = bench;
  const drawn = { ...CORRECTED, evaluation: { ...CORRECTED.evaluation, finalUsers: 4, sasrecSteps: 0 } };
  const spec = startingFrom(start, drawn, model.config, { items: data.log.items.length });
  const job = await exported({ spec, plan: null, data, start });
  try {
    const engine = await inEngine(bench, spec, job, { start });
    await train(job, 1);
    const record = recordOf(job);
    const apart = losses(engine, record);
    console.info(`from an adapter: largest relative difference of losses and norms ${apart.toExponential(1)}`);
    expect(apart).toBeLessThan(1e-5);
    expect(record.start).toEqual(engine.start);
    expect(record.start).toMatchObject({ name: start.name, heads: true });
    expect(record.base.lmNll).toBeCloseTo(engine.base.lmNll, 4);
    expectTables(record.base.userSinks!.itemAlpha, engine.base.userSinks!.itemAlpha, 1e-4);
    expectAlike(record.arms[0]!.evaluations[0]!, engine.arms[0]!.evaluations[0]!);
  } finally {
    rmSync(job, { recursive: true });
  }
}

function rowsOf({ sizes, codes }: ItemCodes): number[][] {
  const levels = sizes.length;
  return Array.from({ length: codes.length / levels }, (_, item) => [...codes.subarray(item * levels, (item + 1) * levels)]);
}

function plainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
