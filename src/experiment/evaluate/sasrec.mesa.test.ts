/** The trained baseline on a toy log in which each item is always followed by the same one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { forkRandom } from '../../log/random';
import { readLog, type ReadLog } from '../../log/readLog';
import { rankBaseline } from '../../measures/ranking/baselines';
import type { Target } from '../../log/types';
import type { Gpu } from '../../gpu/device';
import { drawnCases } from '../../testing/drawnCases';
import { sharedGpu } from '../../testing/sharedGpu';
import { watchBuffers } from '../../gpu/bufferWatch';
import { plannedDevice } from '../../gpu/deviceRoom';
import { readConfig } from '../../model/readConfig';
import { megabytes } from '../../record/memoryPlan';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import { prepareData, type PreparedData } from '../prepare/preparedData';
import { sasrecMemory, trainSasrec, type TrainedBaseline } from './sasrec';
import { TargetRankings } from './targetRankings';

const ITEMS = 50;
const USERS = 120;

/**
 * Users walk along one random cycle of all items, each from their own starting point. Every event has a
 * query, and another item shown with it.
 */
function cyclicLog(): string {
  const random = forkRandom(1, 'cyclic log');
  const cycle = random.shuffle(Int32Array.from({ length: ITEMS }, (_, item) => item));
  const rows = ['user_id,item_id,timestamp,title,query,exposed'];
  for (let user = 0; user < USERS; user++) {
    const from = random.integer(ITEMS);
    for (let time = 0; time < 8; time++) {
      const item = cycle[(from + time) % ITEMS]!;
      rows.push(`u${user},i${item},${time},thing ${item},old lace,i${(item + 1) % ITEMS}`);
    }
  }
  return rows.join('\n');
}

let gpu: Gpu;
let log: ReadLog;
beforeAll(async () => {
  gpu = await sharedGpu();
  log = await readLog([new File([cyclicLog()], 'cyclic.csv')]);
});

function spec(changes: Record<string, unknown> = {}, objective: Record<string, unknown> = {}): RunSpec {
  return runSpecSchema.parse({
    version: 1,
    seed: 5,
    training: { batchSize: 16, warmupSteps: 5 },
    objective: { maxHistory: 6, maxTextTokens: 6, ...objective },
    evaluation: { sasrecSteps: 120, baselineTrials: 2, ...changes },
  });
}

/** Only the language model's sizes and tokenizer matter here; the baseline uses none of its tokens. */
function prepared(of: RunSpec): Promise<PreparedData> {
  const config = readConfig({
    architectures: ['LlamaForCausalLM'],
    vocab_size: 900,
    hidden_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 16,
    rms_norm_eps: 1e-5,
    max_position_embeddings: 64,
    bos_token_id: 0,
    eos_token_id: 1,
  });
  const tokenizer = { encode: (text: string) => text.split(' ').map((_, i) => 800 + (i % 50)), decode: () => '' };
  return prepareData(log.log, log.split, { config, tokenizer }, of);
}

interface Options {
  readonly judged?: readonly Target[];
  readonly targets?: readonly Target[];
  readonly signal?: AbortSignal;
}

async function train(
  of: RunSpec,
  { judged = log.split.validation, targets = log.split.test, signal }: Options = {},
): Promise<{ readonly trained: TrainedBaseline; readonly peak: number; readonly seen: readonly number[] }> {
  const data = await prepared(of);
  const seen: number[] = [];
  return watchBuffers(gpu.device, async (watch) => {
    try {
      const trained = await trainSasrec(
        gpu,
        data,
        of,
        { judged, targets, rankings: new TargetRankings(data, of, null) },
        { onStep: (done) => seen.push(done), signal },
      );
      return { trained, peak: watch.peak, seen };
    } finally {
      expect([watch.open, watch.bytes], 'all memory is given back').toEqual([0, 0]);
    }
  });
}

function hits(ranks: Iterable<number>): number {
  const all = [...ranks];
  return all.filter((rank) => rank <= 10).length / all.length;
}

describe('the SASRec-size baseline', () => {
  it.each(drawnCases(['full', 'infonce'] as const))('learns what follows what, with the loss %s', async (actionLoss) => {
    const { trained } = await train(spec({}, { actionLoss }));
    const options = { maskHistory: true, maxHistory: 6, listed: 1 };
    const input = {
      log: log.log,
      split: log.split,
      targets: log.split.test,
      features: new Float32Array(ITEMS),
      hidden: 1,
      itemTemplate: '{title}',
    };
    const popularity = hits(rankBaseline('popularity', input, options).ranks);
    const learned = hits(trained.ranking.ranks);
    console.info(`${actionLoss}: HR@10 ${learned.toFixed(2)}, popularity ${popularity.toFixed(2)}`);
    expect(popularity).toBeLessThan(0.4);
    expect(learned).toBeGreaterThan(0.9);
    expect(trained).toMatchObject({ learningRate: 3e-3, tuning: { targets: USERS, k: 10, chosen: 1 } });
    // 2 blocks of 7 pairs of 64 × 64, the table of items, W_o, [EMB] and the temperature.
    expect(trained.parameters).toBe(2 * 7 * 2 * 64 * 64 + ITEMS * 64 + 64 * 64 + 64 + 1);
  });

  it('gives the same ranks again, and different ones from another seed', async () => {
    const few = spec({ sasrecSteps: 3, baselineTrials: 1 });
    const [first, again, other] = [await train(few), await train(few), await train({ ...few, seed: 6 })];
    expect(again.trained.ranking).toEqual(first.trained.ranking);
    expect(other.trained.ranking.ranks).not.toEqual(first.trained.ranking.ranks);
  });

  it('is ranked in the state that was best on validation targets, not in that of the last rate or step', async () => {
    const { trained, seen } = await train(spec({ sasrecSteps: 40, baselineTrials: 3 }), { targets: log.split.validation });
    const { tried, chosen } = trained.tuning!;
    console.info(tried.map(({ setting, hr }) => `${setting.learningRate} ${setting.step} ${hr.toFixed(3)}`).join(', '));
    expect(tried.map(({ setting }) => setting.learningRate)).toEqual([1e-3, 3e-3, 3e-4]);
    expect(tried[chosen]!.hr).toBe(Math.max(...tried.map(({ hr }) => hr)));
    expect(tried[2]!.hr).toBeLessThan(tried[chosen]!.hr);
    expect([trained.learningRate, trained.steps]).toEqual(Object.values(tried[chosen]!.setting));
    const ranks = [...trained.ranking.ranks];
    expect(ranks.filter((rank) => rank <= 10).length / ranks.length).toBe(tried[chosen]!.hr);
    // Steps are counted as if no rate stopped early.
    expect(seen.at(-1)).toBeGreaterThan(80);
    expect(seen.at(-1)).toBeLessThanOrEqual(120);
  });

  it('trains each rate as if it were alone', async () => {
    const [alone, both] = [await train(spec({ sasrecSteps: 6, baselineTrials: 1 })), await train(spec({ sasrecSteps: 6 }))];
    const { tried } = both.trained.tuning!;
    expect(tried[0]).toEqual(alone.trained.tuning!.tried[0]);
    expect(tried[1]).not.toEqual(tried[0]);
  });

  it('takes all steps at the first rate where nothing can be validated', async () => {
    const { trained, seen } = await train(spec({ sasrecSteps: 5 }), { judged: [] });
    expect([trained.steps, trained.learningRate, trained.tuning]).toEqual([5, 1e-3, undefined]);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('takes the planned memory', async () => {
    const few = spec({ sasrecSteps: 2 });
    const data = await prepared(few);
    const plan = sasrecMemory(few, { items: ITEMS, ...data }, plannedDevice(gpu));
    const { peak } = await train(few);
    console.info(`planned ${megabytes(plan.total)}, measured ${megabytes(peak)}`);
    expect(Math.abs(peak - plan.total) / peak).toBeLessThan(0.1);
  });

  it('stops when it is cancelled', async () => {
    const calledOff = new Error('called off');
    await expect(train(spec(), { signal: AbortSignal.abort(calledOff) })).rejects.toBe(calledOff);
  });
});
