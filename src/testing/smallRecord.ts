/** A hand-made record for tests: one layer, two heads, one probe of two items, two arms, three users. */
import { toBase64 } from '../record/base64';
import type { Evaluation, RankingBySplit, RankingMetrics, RunRecord, SinkTables, StepColumns } from '../record/runRecord';
import { runSpecSchema } from '../recipe/runSpec';
import { byTerm } from '../recipe/terms';

export const LENGTH = 4;

export function metrics(n: number, hr: number, half = 0.1): RankingMetrics {
  return {
    n,
    hr: { 1: hr / 2, 10: hr },
    ndcg: { 1: hr / 2, 10: hr / 2 },
    mrr: hr / 3,
    hrInterval: { 1: around(hr / 2, half), 10: around(hr, half) },
  };
}

function around(share: number, half: number): [number, number] {
  return [Math.max(0, share - half), Math.min(1, share + half)];
}

export function bySplit(n: number, hr: number, half = 0.1): RankingBySplit {
  return { all: metrics(n, hr, half), warm: metrics(n, hr, half), cold: metrics(0, 0, 0) };
}

export function sinks(rate: number): SinkTables {
  const row = [[rate, rate]];
  return {
    length: LENGTH,
    probes: 1,
    threshold: 0.3,
    itemSinkRate: row,
    itemAlpha: [[rate / 2, rate]],
    firstAlpha: row,
    barcode: row,
    embEntropy: row,
  };
}

/** Ranks of `n` users, of whom a share `hr` are hits; nested, so that two arms differ in as few users as possible. */
function ranksOf(n: number, hr: number): number[] {
  return Array.from({ length: n }, (_, user) => (user < Math.round(n * hr) ? 1 : 1000));
}

export function evaluation(step: number, hr: number, extra: Partial<Evaluation> = {}): Evaluation {
  const { n, hr: shares } = (extra.ranking ?? bySplit(3, hr)).all;
  return {
    step,
    seconds: step * 2,
    population: 'sample',
    ranking: bySplit(3, hr),
    ranks: ranksOf(n, shares['10'] ?? 0),
    cold: Array.from({ length: n }, () => 0),
    sinks: sinks(0.5),
    collapse: { rankMeInterest: 8, rankMeItem: 9, lmNll: 4, lmDrift: 0.4 },
    readings: [
      {
        probe: 0,
        target: 'kettle',
        top: [
          { title: 'kettle', score: 2, hit: true },
          { title: 'teacup', score: 1, hit: false },
        ],
        decoded: null,
      },
    ],
    ...extra,
  };
}

/** Two heads of a 4 × 4 map; the [EMB] row of head `h` puts `weight` on item 2 (position 2). */
export function snapshot(step: number, weight: number): RunRecord['base']['attention'] {
  const bytes = new Uint8Array(2 * LENGTH * LENGTH);
  for (let head = 0; head < 2; head++) {
    for (let query = 0; query < LENGTH; query++) bytes[head * 16 + query * LENGTH] = 255;
    bytes[head * 16 + 12] = 255 - Math.round(255 * weight);
    bytes[head * 16 + 14] = Math.round(255 * weight);
  }
  return { step, probes: 1, layers: 1, heads: 2, length: LENGTH, data: toBase64(bytes) };
}

export function columns(action: readonly number[], withText: boolean): StepColumns {
  return {
    step: action.map((_, i) => i + 1),
    seconds: action.map((_, i) => 2 * (i + 1)),
    examples: action.map((_, i) => 12 * (i + 1)),
    total: [...action],
    action: [...action],
    ...byTerm(() => action.map(() => null)),
    gen: action.map(() => (withText ? 4 : null)),
    rec: action.map(() => (withText ? 5 : null)),
    gradNorm: action.map(() => 1),
    learningRate: action.map(() => 1e-3),
  };
}

export function smallRecord(): RunRecord {
  const baseline = { sample: bySplit(3, 0.1, 0), all: bySplit(6, 0.12, 0) };
  return {
    format: 'karma-run',
    version: 1,
    createdAt: '2026-01-02T03:04:05.000Z',
    appVersion: '0',
    adapter: {
      vendor: 'v',
      architecture: 'a',
      device: '',
      description: '',
      fallback: true,
      f16: false,
      subgroups: false,
      timestamps: false,
      runtime: 'node',
    },
    spec: runSpecSchema.parse({ version: 1, training: { steps: 2, batchSize: 12 }, evaluation: { ks: [1, 10] } }),
    data: {
      id: 'sample',
      name: 'store',
      hash: '',
      users: 6,
      items: 1000,
      interactions: 30,
      coldTargets: 0,
      queries: 0,
      exposures: 0,
      dropped: [],
    },
    model: {
      id: 'wordnet-1m',
      hash: '',
      architecture: 'llama',
      parameters: 1_257_600,
      layers: 1,
      heads: 2,
      kvHeads: 1,
      hidden: 8,
      vocabulary: 16,
      bytes: 100,
    },
    certificate: null,
    probes: [{ user: 'u', labels: ['[BOS]', 'teacup', 'saucer', '[EMB]'], itemPositions: [1, 2], target: 'kettle' }],
    baselines: { popularity: baseline, lastItem: baseline, zeroShot: baseline },
    base: { sinks: sinks(0.2), attention: snapshot(0, 0.2), lmNll: 3.6 },
    arms: [
      {
        id: 'action',
        steps: columns([5, 4], false),
        evaluations: [
          evaluation(0, 0.2),
          evaluation(2, 0.4),
          evaluation(2, 0.5, { population: 'all', ranking: bySplit(6, 0.5) }),
        ],
        attention: [snapshot(0, 0.2), snapshot(2, 0.8)],
      },
      {
        id: 'karma',
        steps: columns([5, 4.5], true),
        evaluations: [
          evaluation(0, 0.2, { sinks: sinks(0.2) }),
          evaluation(2, 0.45, { sinks: sinks(0.25) }),
          evaluation(2, 0.55, { population: 'all', ranking: bySplit(6, 0.55), sinks: sinks(0.25) }),
        ],
        attention: [snapshot(0, 0.2), snapshot(2, 0.4)],
      },
    ],
    complete: true,
  };
}
