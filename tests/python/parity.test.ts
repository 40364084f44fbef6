/**
 * The same experiment in the engine and in PyTorch: batches bit for bit, losses to 1e-4, measures to 1e-4, on one process or two.
 * More steps: PARITY_STEPS=200. Other recipes: the campaign `parity`.
 */
import { rmSync, writeFileSync } from 'node:fs';
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
import { readArm } from '../../src/recipe/namedArms';
import { runSpecSchema } from '../../src/recipe/runSpec';
import {
  expectAlike,
  expectBaselines,
  expectTables,
  inEngine,
  losses,
  openBench,
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
beforeAll(async () => {
  if (python === null) return;
  bench = await openBench();
  const { data } = bench;
  folder = await exported({ spec: SPEC, plan: null, data });
  heldOutFolder = await exported({ spec: HELD_OUT, plan: null, data });
});
afterAll(() => {
  if (python === null) return;
  for (const one of [folder, heldOutFolder]) rmSync(one, { recursive: true });
});

describe.skipIf(python === null)('an exported job', () => {
  it.each([
    ['of all departments', SPEC, () => folder],
    ['with departments held out', HELD_OUT, () => heldOutFolder],
  ])('has the engine’s batches, start values, probes and users, bit for bit, %s', async (_, spec, folderOf) => {
    const { data, model } = bench;
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
    const { status, answer } = await askPython('oracle.check_streams', folderOf());
    expect(status, answer).toBe(0);
    console.info(`streams: ${answer.trim()}`);
    expect(JSON.parse(answer)).toMatchObject({
      batches: 1050,
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

function plainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
