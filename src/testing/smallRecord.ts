/** A hand-made record for tests: one layer, two heads, one probe of two items, two arms, three users. */
import { toBase64 } from '../record/base64';
import { tableMeans } from '../measures/sinks/sinks';
import { VERSION } from '../record/migrate';
import type { BaselineRecord, Evaluation, ProbeSinks, Ranked, RunRecord, Sinks, StepColumns } from '../record/runRecord';
import { runSpecSchema } from '../recipe/runSpec';
import { byTerm } from '../recipe/terms';

export const LENGTH = 4;

type Ranking = Pick<Ranked, 'targets' | 'values' | 'intervals'>;

/** What a ranking of `n` users measured, all with a warm target, of whom a share `hr` are hits at K = 10. */
export function ranking(n: number, hr: number, half = 0.1): Ranking {
  if (n === 0) return { targets: { all: 0 }, values: {}, intervals: {} };
  const values = { 'hr@1': hr / 2, 'hr@10': hr, 'ndcg@1': hr / 2, 'ndcg@10': hr / 2, mrr: hr / 3 };
  const intervals = { 'hr@1': around(hr / 2, half), 'hr@10': around(hr, half) };
  const warm = <Value>(of: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(of).flatMap(([id, value]) => [
        [id, value],
        [`warm-${id}`, value],
      ]),
    );
  return { targets: { all: n, warm: n }, values: warm(values), intervals: warm(intervals) };
}

/** A baseline with such a ranking on the sampled users and on all. */
export function baselineRecord(sample: Ranking, all: Ranking, ranks: readonly number[] = []): BaselineRecord {
  return { sample: { ...sample, ranks: [...ranks] }, all: { ...all, ranks: [...ranks] } };
}

/** The same measured in candidate pools. */
export function inPools({ values, intervals }: Ranking): Pick<Ranking, 'values' | 'intervals'> {
  const renamed = <Value>(of: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(of).map(([id, value]) => [id.replace(/(?=(?:hr|ndcg|mrr)(?:@|$))/, 'pool-'), value]));
  return { values: renamed(values), intervals: renamed(intervals) };
}

function around(share: number, half: number): [number, number] {
  return [Math.max(0, share - half), Math.min(1, share + half)];
}

/** Of tables with one layer. */
export function oneLayerTables(byMeasure: Readonly<Record<string, readonly number[]>>): Pick<Sinks, 'tables' | 'means'> {
  const found = Object.fromEntries(Object.entries(byMeasure).map(([id, row]) => [id, [[...row]]]));
  return { tables: found, means: tableMeans(found) };
}

/** With the table of a measure more, of one layer. */
export function withTable<Of extends Sinks>(sinks: Of, id: string, row: readonly number[]): Of {
  const more = oneLayerTables({ [id]: row });
  return { ...sinks, tables: { ...sinks.tables, ...more.tables }, means: { ...sinks.means, ...more.means } };
}

export function sinks(rate: number): ProbeSinks {
  const row = [rate, rate];
  return {
    length: LENGTH,
    probes: 1,
    threshold: 0.3,
    ...oneLayerTables({ itemSinkRate: row, itemAlpha: [rate / 2, rate], firstAlpha: row, barcode: row, embEntropy: row }),
  };
}

/** Collapse and language as tests need them. */
export function modelValues(lmNll: number, lmDrift: number): Record<string, number> {
  return { rankMeInterest: 8, rankMeItem: 9, lmNll, lmDrift };
}

/**
 * Ranks of `n` users, of whom a share `hr` are hits; nested, so that two arms differ in as few users as
 * possible.
 */
function ranksOf(n: number, hr: number): number[] {
  return Array.from({ length: n }, (_, user) => (user < Math.round(n * hr) ? 1 : 1000));
}

/** @param extra `values` and `intervals` are added to those of the ranking */
export function evaluation(step: number, hr: number, extra: Partial<Evaluation> = {}): Evaluation {
  const { targets = { all: 3, warm: 3 }, values, intervals, ...others } = extra;
  const ranked = ranking(targets.all, hr);
  const n = targets.all;
  const share = values?.['hr@10'] ?? hr;
  return {
    step,
    seconds: step * 2,
    population: 'sample',
    targets,
    values: { ...ranked.values, ...modelValues(4, 0.4), ...values },
    intervals: { ...ranked.intervals, ...intervals },
    ranks: ranksOf(n, share),
    cold: Array.from({ length: n }, () => 0),
    sinks: sinks(0.5),
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
    ...others,
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
  const untrained = baselineRecord(ranking(3, 0.1, 0), ranking(6, 0.12, 0));
  return {
    format: 'karma-run',
    version: VERSION,
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
    baselines: { popularity: untrained, lastItem: untrained, zeroShot: untrained },
    base: { sinks: sinks(0.2), attention: snapshot(0, 0.2), values: { lmNll: 3.6, lmDrift: 0 } },
    arms: [
      {
        id: 'action',
        steps: columns([5, 4], false),
        evaluations: [evaluation(0, 0.2), evaluation(2, 0.4), evaluation(2, 0.5, { population: 'all', ...ranking(6, 0.5) })],
        attention: [snapshot(0, 0.2), snapshot(2, 0.8)],
      },
      {
        id: 'karma',
        steps: columns([5, 4.5], true),
        evaluations: [
          evaluation(0, 0.2, { sinks: sinks(0.2) }),
          evaluation(2, 0.45, { sinks: sinks(0.25) }),
          evaluation(2, 0.55, { population: 'all', ...ranking(6, 0.55), sinks: sinks(0.25) }),
        ],
        attention: [snapshot(0, 0.2), snapshot(2, 0.4)],
      },
    ],
    complete: true,
  };
}
