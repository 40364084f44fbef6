/**
 * The same experiment in the engine and in PyTorch: batches bit for bit, losses to 1e-4, measures to 1e-4.
 * More steps, processes and recipes: the campaign `parity`.
 */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialParameters, layOutParameters } from '../../src/engine/parameters';
import { embeddingStatistics } from '../../src/engine/decoder/embeddingStatistics';
import { chooseDriftTexts } from '../../src/experiment/prepare/driftTexts';
import { prepareData } from '../../src/experiment/prepare/preparedData';
import { chooseProbes } from '../../src/experiment/prepare/probes';
import { runSpecSchema, type RunSpec } from '../../src/recipe/runSpec';
import { sampleUsers } from '../../src/log/sampling';
import type { ItemCodes } from '../../src/model/codes/itemCodes';
import { drawnCases } from '../../src/testing/drawnCases';
import {
  BASKETS,
  expectAllAlike,
  featuresOf,
  HELD_OUT,
  hitsOfAll,
  inBaskets,
  inEngine,
  losses,
  openBench,
  SEMANTIC,
  SPEC,
  storedOf,
  STRONG,
  type ParityBench,
  WHOLE_BASKETS,
} from './engineRun';
import { askPython, exported, python, recordOf, train } from './job';
import { skipUnless } from '../../src/testing/skipUnless';

let bench: ParityBench;
/** Measured on as few users as show that both sides measure the same. */
const ALL_ARMS = runSpecSchema.parse({ ...SPEC, evaluation: { ...SPEC.evaluation, sampleUsers: 8, finalUsers: 12, probes: 2 } });
const folders = new Map<RunSpec, string>();
beforeAll(async () => {
  if (python === null) return;
  bench = await openBench();
});
afterAll(() => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true });
});

/** The log of a recipe: the sample, or with baskets in place of its single events. */
function dataOf({ objective }: RunSpec): ParityBench['data'] {
  return objective.positions === 'baskets' ? inBaskets(bench.data) : bench.data;
}

/** The folder to which a recipe's job is exported. */
async function folderOf(spec: RunSpec): Promise<string> {
  const data = dataOf(spec);
  const stored = spec === SEMANTIC ? { stored: storedOf(bench) } : {};
  const folder = folders.get(spec) ?? (await exported({ spec, plan: null, data, ...stored }));
  folders.set(spec, folder);
  return folder;
}

describe('an exported job', () => {
  skipUnless(python !== null, 'there is no PyTorch here');
  const cases = [
    ['of all departments', ALL_ARMS],
    ['with departments held out', HELD_OUT],
    ['with semantic IDs', SEMANTIC],
    ['of a log of baskets, each predicted', BASKETS],
    ['of a log of baskets, each predicted by whole histories', WHOLE_BASKETS],
  ] as const;
  const drawn = drawnCases(cases, ([, spec]) => [spec.objective.positions]);

  it.each(drawn)('has the engine’s batches, start values, probes and users, bit for bit, %s', async (_, spec) => {
    const folder = await folderOf(spec);
    const { model } = bench;
    const { log, split } = dataOf(spec);
    const prepared = await prepareData(log, split, model, spec);
    const { config } = model;
    const layout = layOutParameters(config, spec, {
      items: log.items.length,
      imageSize: prepared.imageSize ?? 0,
    });
    const flat = initialParameters(layout, config, await embeddingStatistics(model.weights, config), spec);
    const { itemInterface, embToken } = spec.objective;
    const codes = itemInterface === 'semantic' ? (await featuresOf(bench, spec, folder)).codes! : null;
    const pack = {
      itemInterface,
      codes,
      positions: 'all',
      hideEmbFromText: false,
      titleTokens: [],
      bosId: config.bosId,
      skipItems: spec.objective.skipItems,
    } as const;
    const options = {
      ...pack,
      withText: false,
      sinkToken: false,
      embToken,
    };
    const probes = chooseProbes(prepared, spec.evaluation.probes, spec.seed, options, model.tokenizer);
    // Whole epochs, including their boundaries.
    const steps = Array.from({ length: 53 }, (_, index) => 20 * index);
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
      driftTexts: chooseDriftTexts(prepared, spec),
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
    const inside = streams.batches.some(({ examples }) => examples.some(({ predicted }) => predicted?.includes(null)));
    expect(inside).toBe(spec.objective.positions === 'baskets');
    writeFileSync(path.join(folder, 'streams.json'), JSON.stringify(streams, plainArrays));
    const { status, answer } = await askPython('oracle.check_streams', folder);
    expect(status, answer).toBe(0);
    console.info(`streams: ${answer.trim()}`);
    expect(JSON.parse(answer)).toMatchObject({
      batches: steps.length * spec.arms.length,
      different: [],
    });
  });

  it('trains like the engine, and measures the same', async () => {
    const folder = await folderOf(ALL_ARMS);
    const engine = await inEngine(bench, ALL_ARMS, folder);
    await train(folder, 1);
    const record = recordOf(folder);
    expect(record.adapter).toMatchObject({ vendor: 'PyTorch', runtime: 'torch', fallback: true });
    const difference = losses(engine, record);
    console.info(`largest relative difference of losses and norms: ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(1e-4);
    expectAllAlike(record, engine);
  });

  it('starts from the same axes, factors and popularity, and ranks by them alike', async () => {
    const folder = await folderOf(STRONG);
    const engine = await inEngine(bench, STRONG, folder);
    await train(folder, 1);
    const record = recordOf(folder);
    const difference = losses(engine, record);
    console.info(`largest relative difference of losses and norms from the start: ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(1e-4);
    expectAllAlike(record, engine);
    const [found, expected] = [record, engine].map(({ baselines }) => baselines.start!);
    expect(found!.all.ranks).toHaveLength(60);
    expect(hitsOfAll(found!.all)).toEqual(hitsOfAll(expected!.all));
    // What arms rank by before their first step is that baseline.
    const first = engine.arms[0]!.evaluations[0]!;
    const hits = (ranks: readonly number[], k: number): number => ranks.filter((rank) => rank <= k).length;
    for (const k of [10, 50, 200])
      expect(Math.abs(hits(first.ranks, k) - hits(expected!.sample.ranks, k))).toBeLessThanOrEqual(1);
  });
});

function rowsOf({ sizes, codes }: ItemCodes): number[][] {
  const levels = sizes.length;
  return Array.from({ length: codes.length / levels }, (_, item) => [...codes.subarray(item * levels, (item + 1) * levels)]);
}

function plainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
