/** The figures that runs are compared by: each one number of one evaluation. Definitions: docs/metrics.md. */
import type { Evaluation } from '../record/runRecord';
import {
  RANKING_MEASURES,
  rankingMeasure,
  type RankedSplit,
  type RankingMeasure,
  type RankingMeasureId,
} from './ranking/rankingMeasures';
import { tableMean } from './sinks/sinks';
import { sinksOf } from './sinks/userSinks';

export interface Metric {
  /** `hr@10`, `cold-hr@50`, `lmDrift`: stable, as it is stored. */
  readonly id: string;
  readonly name: string;
  /** Of values as they are shown: shares in percent. */
  readonly unit: string;
  /** Shown value = scale · value. */
  readonly scale: 1 | 100;
  readonly digits: number;
  /** What counts as better; null where neither does, as a description. */
  readonly better: 'higher' | 'lower' | null;
  /** Null where the evaluation has no such value (no cold targets, another list of K). */
  readonly of: (evaluation: Evaluation) => number | null;
}

/** Splits that have metrics of their own in tables; the others are in the record. */
const SPLITS: Readonly<Partial<Record<RankingMeasureId, readonly RankedSplit[]>>> = {
  hr: ['all', 'warm', 'cold'],
  'pool-hr': ['all', 'cold'],
};

function rankingMetrics(measure: RankingMeasure, k: number): Metric[] {
  const { name, unit, scale, digits, better, of } = measure;
  return (SPLITS[measure.id] ?? ['all']).map((split) => {
    const prefix = split === 'all' ? ['', ''] : [`${split}-`, `${split} `];
    const described = { unit, scale, digits, better, of: (evaluation: Evaluation) => of(evaluation, split, k) };
    return { id: `${prefix[0]}${measure.id}@${k}`, name: `${prefix[1]}${name}@${k}`, ...described };
  });
}

type Described = Omit<Metric, 'scale' | 'digits'> & { readonly digits?: number };

const OTHERS: readonly Described[] = [
  {
    id: 'mrr',
    name: 'MRR',
    unit: '',
    better: 'higher',
    of: ({ ranking }) => (ranking.all.n === 0 ? null : ranking.all.mrr),
  },
  { id: 'gauc', name: 'gAUC', unit: '', better: 'higher', of: ({ gauc }) => gauc?.value ?? null },
  { id: 'lmDrift', name: 'LM drift', unit: 'nats a token', better: 'lower', of: ({ collapse }) => collapse.lmDrift },
  {
    id: 'decodability',
    name: 'decodability gain',
    unit: 'nats a token',
    better: 'higher',
    of: ({ fidelity }) => fidelity?.all.gain ?? null,
  },
  {
    id: 'cold-decodability',
    name: 'cold decodability gain',
    unit: 'nats a token',
    better: 'higher',
    of: ({ fidelity }) => (fidelity && fidelity.cold.n > 0 ? fidelity.cold.gain : null),
  },
  { id: 'js50-space', name: 'JS@50 neighbours', unit: '', better: 'higher', of: ({ overlap }) => overlap?.space ?? null },
  { id: 'js50-tokens', name: 'JS@50 words', unit: '', better: 'higher', of: ({ overlap }) => overlap?.tokens ?? null },
  {
    id: 'itemSink',
    name: 'item-sink rate',
    unit: '',
    better: null,
    of: (evaluation) => tableMean(sinksOf(evaluation).itemSinkRate),
  },
  { id: 'itemAlpha', name: 'item α', unit: '', better: null, of: (evaluation) => tableMean(sinksOf(evaluation).itemAlpha) },
  { id: 'barcode', name: 'barcode index', unit: '', better: null, of: (evaluation) => tableMean(sinksOf(evaluation).barcode) },
  {
    id: 'embEntropy',
    name: '[EMB]-row entropy',
    unit: '',
    better: null,
    of: (evaluation) => tableMean(sinksOf(evaluation).embEntropy),
  },
  { id: 'rankMeInterest', name: 'RankMe h', unit: '', digits: 1, better: null, of: ({ collapse }) => collapse.rankMeInterest },
  { id: 'rankMeItem', name: 'RankMe e', unit: '', digits: 1, better: null, of: ({ collapse }) => collapse.rankMeItem },
  {
    id: 'contentTest',
    name: 'content test',
    unit: '',
    better: null,
    of: ({ sinks }) => (sinks.contentCorrelation ? tableMean(sinks.contentCorrelation) : null),
  },
  ...shapeMetrics('interest', 'h'),
  ...shapeMetrics('item', 'e'),
];

/** Absent in records of earlier versions. */
function shapeMetrics(of: 'interest' | 'item', symbol: string): Described[] {
  const id = of === 'interest' ? 'Interest' : 'Item';
  return [
    {
      id: `participation${id}`,
      name: `participation ratio ${symbol}`,
      unit: '',
      digits: 1,
      better: null,
      of: ({ collapse }) => collapse[of]?.participationRatio ?? null,
    },
    {
      id: `uniformity${id}`,
      name: `uniformity ${symbol}`,
      unit: '',
      better: null,
      of: ({ collapse }) => collapse[of]?.uniformity ?? null,
    },
    {
      id: `meanCosine${id}`,
      name: `mean cosine ${symbol}`,
      unit: '',
      better: null,
      of: ({ collapse }) => collapse[of]?.meanCosine ?? null,
    },
  ];
}

/** Every metric of runs that are evaluated at these K, ranking first. */
export function metricsAt(ks: readonly number[]): Metric[] {
  const measures = RANKING_MEASURES.map(rankingMeasure).filter(({ atK }) => atK);
  return [
    ...[...new Set(ks)].sort((a, b) => a - b).flatMap((k) => measures.flatMap((measure) => rankingMetrics(measure, k))),
    ...OTHERS.map((metric): Metric => ({ digits: 3, ...metric, scale: 1 })),
  ];
}

/** What tables show at first, as far as the runs have it. */
export const MAIN_METRICS = [
  ...(['hr@10', 'hr@50', 'hr@200', 'cold-hr@10', 'cold-hr@50', 'mrr@10', 'gauc'] as const),
  ...(['pool-hr@10', 'pool-hr@50', 'pool-hr@200', 'cold-pool-hr@10'] as const),
  ...(['coverage@10', 'gini@10', 'popularity@10'] as const),
  ...([
    'lmDrift',
    'decodability',
    'cold-decodability',
    'js50-space',
    'js50-tokens',
    'itemSink',
    'itemAlpha',
    'barcode',
    'embEntropy',
    'rankMeInterest',
    'rankMeItem',
  ] as const),
] as const;

/** `MAIN_METRICS` of runs that are evaluated at these K. */
export function mainMetrics(ks: readonly number[]): Metric[] {
  const all = metricsAt(ks);
  return MAIN_METRICS.flatMap((id) => all.filter((metric) => metric.id === id));
}

/** `HR@10 (%)`. */
export function metricHeading({ name, unit }: Metric): string {
  return unit === '' ? name : `${name} (${unit})`;
}

/** A value, or a difference of two, in the metric's unit and digits: `12.7`, `-0.042`. */
export function metricText({ scale, digits }: Metric, value: number): string {
  const text = (value * scale).toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** Every value that an evaluation has, by metric id. */
export function metricValues(evaluation: Evaluation): Record<string, number> {
  const ks = Object.keys(evaluation.ranking.all.hr).map(Number);
  const pairs = metricsAt(ks).map((metric) => [metric.id, metric.of(evaluation)] as const);
  return Object.fromEntries(pairs.filter((pair): pair is [string, number] => pair[1] !== null));
}
