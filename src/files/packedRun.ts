/**
 * A run inside a link: its record as JSON, deflated, in base64url, at most 8 kB before that. A larger record is cut to what figures
 * of curves and one attention map need; the link says so, and so does the page that opens it. What is cut is never replaced by something else.
 */
import { z } from 'zod';
import { fromBase64, toBase64 } from '../record/base64';
import { contradictions } from '../record/contradictions';
import { comparedSnapshots, isOfAllArms } from '../record/comparedEvaluations';
import {
  recordFieldsSchema,
  type AttentionSnapshot,
  type BaselineRecord,
  type Evaluation,
  type RunRecord,
} from '../record/runRecord';
import { runSpecSchema, type RunSpec } from '../recipe/runSpec';
import { sameValue } from '../recipe/specPath';
import { readAs, unreadable, type Unreadable } from './readRecord';
import { MOST_PACKED, packText, unpackText } from './packedText';
import { message, t } from '../words/words';

/** Parts of a run that a link may leave out, as the page names them. */
const CUTS = {
  users: message('ranks of single users, and what is computed from them'),
  texts: message('generated texts and readings'),
  detail: message('spectra, projections, per-user sinks, splits of targets and costs'),
  maps: message('attention maps but those of one history at its last step'),
  steps: message('losses of steps without an evaluation'),
  digits: message('digits beyond the third'),
  middle: message('most evaluations between the first and the last'),
  shades: message('attention weights but for sixteen shades'),
} as const;
export type Cut = keyof typeof CUTS;
const CUT_IDS = Object.keys(CUTS) as [Cut, ...Cut[]];

/** Maps in sixteen shades are whole records' when they are unpacked. */
const packedSchema = z.object({ without: z.array(z.enum(CUT_IDS)), record: recordFieldsSchema });
type Packed = z.infer<typeof packedSchema>;

export interface PackedRun {
  readonly text: string;
  readonly bytes: number;
  readonly without: readonly Cut[];
}

/** What is left out, in words. */
export function cutWords(without: readonly Cut[]): readonly string[] {
  return without.map((cut) => t(CUTS[cut]));
}

/** @param probe the history whose attention is kept if not all are @returns null if even the rest is too large */
export async function packRun(record: RunRecord, probe: number): Promise<PackedRun | null> {
  const levels: readonly (readonly Cut[])[] = [
    [],
    ['users', 'texts', 'detail', 'maps', 'steps', 'digits'],
    ['users', 'texts', 'detail', 'maps', 'steps', 'digits', 'middle', 'shades'],
  ];
  for (const without of levels) {
    const cut = without.length === 0 ? record : cutRecord(record, probe, without.includes('middle'));
    const packed = await packText(JSON.stringify({ without, record: cut }));
    if (packed.bytes <= MOST_PACKED) return { ...packed, without };
  }
  return null;
}

/** The run of a link, or why there is none. */
export async function unpackRun(
  text: string,
): Promise<{ readonly kind: 'run'; readonly record: RunRecord; readonly without: readonly Cut[] } | Unreadable> {
  const unpacked = await unpackText(text);
  if ('reason' in unpacked) return unpacked;
  const read = readAs(packedSchema, unpacked.text);
  if ('reason' in read) return read;
  try {
    const record = withoutShades(read.value);
    const [wrong] = contradictions(record);
    if (wrong !== undefined) return unreadable(`${wrong.path.join('.')} ${wrong.message}.`);
    return { kind: 'run', record, without: read.value.without };
  } catch (error) {
    if (error instanceof RangeError) return unreadable(error.message);
    throw error;
  }
}

/** The fields of a recipe that differ from the schema's defaults. */
function briefSpec(spec: RunSpec): RunSpec {
  const usual = runSpecSchema.parse({}) as unknown as Record<string, unknown>;
  const brief = (value: Record<string, unknown>, plain: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(value).flatMap(([name, one]) => {
        const other = plain[name];
        if (sameValue(one, other)) return [];
        return [[name, isObject(one) && isObject(other) ? brief(one, other) : one]];
      }),
    );
  return brief(spec, usual) as unknown as RunSpec;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NO_FURTHER = { ranks: undefined, pool: undefined, gauc: undefined, overlap: undefined };

/** What curves, sink tables and one map need. Means of splits are kept for all targets. */
function cutRecord(record: RunRecord, probe: number, fewer: boolean): RunRecord {
  const shown = Math.min(probe, record.probes.length - 1);
  const { data, base, baselines, arms } = record;
  const snapshots = comparedSnapshots(arms, null);
  const cut: RunRecord = {
    ...record,
    spec: briefSpec(record.spec),
    certificate: null,
    uncertified: record.certificate === null ? (record.uncertified ?? '') : 'The certificate is not part of the link.',
    data: { ...data, dropped: [], audit: undefined, recipe: undefined, embeddings: undefined },
    probes: record.probes.slice(shown, shown + 1),
    base: {
      sinks: base.sinks,
      attention: ofProbe(base.attention, shown, fewer),
      lmNll: base.lmNll,
      domainNll: base.domainNll,
    },
    baselines: Object.fromEntries(
      Object.entries(baselines as Readonly<Record<string, BaselineRecord>>).map(([name, baseline]) => [
        name,
        { ...baseline, sample: rankingOf(baseline.sample), all: rankingOf(baseline.all), ...NO_FURTHER },
      ]),
    ) as unknown as RunRecord['baselines'],
    pools: undefined,
    projection: undefined,
    headStart: undefined,
    expected: undefined,
    inference: undefined,
    arms: arms.map((arm) => {
      // Of the same steps in every arm, since only such are compared.
      const evaluations = fewer ? thinned(arm.evaluations.filter((one) => isOfAllArms(one, arms))) : arm.evaluations;
      const at = new Set(evaluations.map(({ step }) => step));
      const kept = arm.steps.step.map((step) => at.has(step));
      return {
        id: arm.id,
        steps: Object.fromEntries(
          Object.entries(arm.steps).map(([name, column]) => [name, column.filter((_, i) => kept[i])]),
        ) as typeof arm.steps,
        evaluations: evaluations.map(evaluationOf),
        attention: [snapshots.get(arm.id) ?? []].flat().map((snapshot) => ofProbe(snapshot, shown, fewer)),
        warnings: arm.warnings,
      };
    }),
  };
  return JSON.parse(JSON.stringify(cut, threeDigits)) as RunRecord;
}

function threeDigits(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(3)) : value;
}

/** At most three during training, and all of the last step. */
function thinned(evaluations: readonly Evaluation[]): Evaluation[] {
  const last = evaluations.at(-1)?.step;
  const before = evaluations.filter(({ step }) => step !== last);
  const chosen = new Set([0, Math.floor((before.length - 1) / 3), Math.floor((2 * (before.length - 1)) / 3), before.length - 1]);
  return [...before.filter((_, i) => chosen.has(i)), ...evaluations.filter(({ step }) => step === last)];
}

type Ranking = Evaluation['ranking'];

/** A split that is left out has no targets. */
const NOBODY: Ranking['all'] = { n: 0, hr: {}, ndcg: {}, mrr: 0, hrInterval: {} };

function rankingOf({ all: { n, hr, ndcg, mrr, hrInterval } }: Ranking): Ranking {
  return { all: { n, hr, ndcg, mrr, hrInterval }, warm: NOBODY, cold: NOBODY };
}

function evaluationOf({ step, seconds, population, ranking, sinks, collapse }: Evaluation): Evaluation {
  const { rankMeInterest, rankMeItem, lmNll, lmDrift, domainNll, domainDrift } = collapse;
  return {
    ...{ step, seconds, population, ranking: rankingOf(ranking), ranks: [], cold: [], sinks, readings: [] },
    collapse: { rankMeInterest, rankMeItem, lmNll, lmDrift, domainNll, domainDrift },
  };
}

/** The maps of one history. @param coarse in sixteen shades */
function ofProbe(snapshot: AttentionSnapshot, probe: number, coarse: boolean): AttentionSnapshot {
  const { layers, heads, length } = snapshot;
  const size = layers * heads * length * length;
  const weights = fromBase64(snapshot.data).slice(probe * size, (probe + 1) * size);
  return { ...snapshot, probes: Math.min(1, snapshot.probes), data: coarse ? inShades(weights, length) : toBase64(weights) };
}

/** Prefix of weights in sixteen shades, one hexadecimal digit each, without those above the diagonal; they compress better than base64. */
const SHADES = '#';
/** One shade, out of 255. */
const SHADE = 17;

function inShades(weights: Uint8Array, length: number): string {
  let text = SHADES;
  weights.forEach((weight, i) => {
    if (seen(i, length)) text += Math.round(weight / SHADE).toString(16);
  });
  return text;
}

/** Whether a weight is on or below the diagonal of its map. */
function seen(i: number, length: number): boolean {
  return i % length <= Math.floor(i / length) % length;
}

/** A packed record has weights in shades; a record by the schema has them as base64. */
function withoutShades(packed: Packed): Packed['record'] {
  const { record } = packed;
  const plain = (snapshot: AttentionSnapshot): AttentionSnapshot => {
    if (!snapshot.data.startsWith(SHADES)) return snapshot;
    const { probes, layers, heads, length } = snapshot;
    const size = probes * layers * heads * length * length;
    const digits = snapshot.data.slice(SHADES.length);
    // Limits hostile links to the size that the digits fill.
    if (!(size <= digits.length * 2)) throw new RangeError(t('An attention map of the link has another size than it says.'));
    const weights = new Uint8Array(size);
    let at = 0;
    for (let i = 0; i < size; i++) if (seen(i, length)) weights[i] = Number.parseInt(digits[at++] ?? '0', 16) * SHADE;
    return { ...snapshot, data: toBase64(weights) };
  };
  return {
    ...record,
    base: { ...record.base, attention: plain(record.base.attention) },
    arms: record.arms.map((arm) => ({ ...arm, attention: arm.attention.map(plain) })),
  };
}
