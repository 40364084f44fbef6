/**
 * A run inside a link: its record as JSON, deflated to at most 8 kB, in base64url.
 * A larger record is shortened. Whole parts are left out, and the record names them (`shortened`), so that
 * readers can say so in their place. Everything that is kept has the sender's digits in every sentence and
 * table.
 */
import { z } from 'zod';
import { fromBase64, toBase64 } from '../record/base64';
import { contradictions } from '../record/contradictions';
import { lacks, type RecordCut } from '../record/shortened';
import {
  recordFieldsSchema,
  type ArmRecord,
  type AttentionSnapshot,
  type BaselineRecord,
  type Evaluation,
  type Measured,
  type Probe,
  type Ranked,
  type RunRecord,
} from '../record/runRecord';
import { runSpecSchema, type RunSpec } from '../recipe/runSpec';
import { sameValue } from '../recipe/specPath';
import { withoutTables } from '../measures/sinks/withoutTables';
import { RATE_WINDOW } from '../experiment/forecast/timeLeft';
import { migrateLink } from '../record/migrate';
import { PART_SPLITS } from '../record/targetGroups';
import { comparedSnapshots } from '../record/comparedEvaluations';
import { readAs, unreadable, type Unreadable } from './readRecord';
import type { LinkableView } from '../readings/choices';
import { MOST_PACKED, packText, unpackText } from './packedText';
import { t } from '../words/words';

const packedSchema = z.object({ record: z.preprocess(migrateLink, recordFieldsSchema) });

type Packed = z.infer<typeof packedSchema>['record'];

export interface PackedRun {
  readonly text: string;
  readonly bytes: number;
  readonly without: readonly RecordCut[];
}

/** What the sender looks at. */
export type SharedView = Pick<LinkableView, 'probe' | 'layer' | 'head' | 'step' | 'measure'>;

/** The maps that a link keeps, of the history and step shown, and what it says of the others. */
const MAPS = ['otherMaps', 'otherLayers', 'otherHeads', 'maps'] as const satisfies readonly RecordCut[];
type MapsCut = (typeof MAPS)[number];

/** The maps that are left out, and whether measures of ranking that are not shown are. */
export interface Form {
  readonly maps: MapsCut;
  readonly measures: boolean;
}

/** Every form of a run that a link may hold, the fullest first; null is the whole record. */
export const FORMS: readonly (Form | null)[] = [
  null,
  ...MAPS.flatMap((maps) => [false, true].map((measures) => ({ maps, measures }))),
];

/** @param view of which the maps are kept if not all are @returns null if even the rest is too large */
export async function packRun(record: RunRecord, view: SharedView): Promise<PackedRun | null> {
  for (const form of FORMS) {
    const packed = await packAs(record, view, form);
    if (packed.bytes <= MOST_PACKED) return packed;
  }
  return null;
}

/** The run in one of the forms, however large. */
export async function packAs(record: RunRecord, view: SharedView, form: Form | null): Promise<PackedRun> {
  const cut = form === null ? record : shortenedRecord(record, view, form);
  return { ...(await packText(JSON.stringify(inRows(cut)))), without: cut.shortened ?? [] };
}

/** The run of a link, or why there is none. */
export async function unpackRun(text: string): Promise<{ readonly kind: 'run'; readonly record: RunRecord } | Unreadable> {
  const unpacked = await unpackText(text);
  return 'reason' in unpacked ? unpacked : readPacked(unpacked.text);
}

/** The run of the JSON in a link. */
export function readPacked(text: string): { readonly kind: 'run'; readonly record: RunRecord } | Unreadable {
  if (text.startsWith('{"without":["'))
    return unreadable(
      t(
        'It was shortened by an earlier version of the page, in a way that changed numbers. Ask for a new link, or for the run file.',
      ),
    );
  try {
    const read = readAs(packedSchema, withShares(text));
    if ('reason' in read) return read;
    const record = withMaps(read.value.record);
    const [wrong] = contradictions(record);
    if (wrong !== undefined) return unreadable(`${wrong.path.join('.')} ${wrong.message}.`);
    return { kind: 'run', record };
  } catch (error) {
    if (error instanceof RangeError) return unreadable(error.message);
    throw error;
  }
}

/**
 * The fields of a recipe that differ from the defaults of a version, and that version: the one of which they
 * are fewer.
 */
function briefSpec(spec: RunSpec): RunSpec {
  const brief = (value: Record<string, unknown>, plain: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(value).flatMap(([name, one]) => {
        const other = plain[name];
        if (sameValue(one, other)) return [];
        return [[name, isObject(one) && isObject(other) ? brief(one, other) : one]];
      }),
    );
  const [least] = [1, 2]
    .map((version) => ({
      version,
      ...brief({ ...spec, version: undefined }, { ...runSpecSchema.parse({ version }), version: undefined }),
    }))
    .toSorted((one, other) => JSON.stringify(one).length - JSON.stringify(other).length);
  return least as unknown as RunSpec;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What a link leaves out of this record. What the record does not have is not left out: readers say what they
 * say of the record itself.
 */
function cutsOf(record: RunRecord, { maps, measures }: Form): RecordCut[] {
  const { arms, base, baselines, data, probes } = record;
  const evaluations = arms.flatMap((arm) => arm.evaluations);
  const ranked = Object.values(baselines as Readonly<Record<string, BaselineRecord>>).flatMap(({ sample, all }) => [sample, all]);
  const some = (has: (evaluation: Evaluation) => unknown): boolean => evaluations.some((one) => Boolean(has(one)));
  const someValue = (of: readonly Measured[], pattern: RegExp): boolean =>
    of.some(({ values }) => Object.keys(values).some((id) => pattern.test(id)));
  const known: Readonly<Record<Exclude<RecordCut, MapsCut>, boolean>> = {
    users: some(({ ranks, pool }) => ranks.length + (pool?.ranks.length ?? 0)),
    baselines: ranked.some(({ ranks }) => ranks.length > 0),
    splits: some(({ targets }) => Object.keys(targets).length > 1),
    measures,
    lists: someValue(evaluations, OF_LISTS) || some(({ requests }) => Object.keys(requests ?? {}).length > 1),
    tables: [base.sinks, ...evaluations.map(({ sinks }) => sinks)].some(({ tables }) => Object.keys(tables).length > 0),
    shapes: some(({ spectra }) => spectra),
    plane: record.projection !== undefined,
    losses: arms.some(({ steps }) => steps.step.length > 2),
    histories: probes.length > 1,
    texts: base.continuations !== undefined || some(({ readings, continuations }) => continuations ?? readings[0]),
    fidelity:
      (base.fidelity ?? base.control) !== undefined ||
      some(({ fidelity }) => fidelity) ||
      someValue([...evaluations, ...ranked], OVERLAP),
    costs: record.inference !== undefined,
    profiles: arms.some(({ profile }) => profile !== undefined),
    log: (data.audit ?? data.recipe) !== undefined,
    digits: true,
  };
  const cuts = Object.entries(known).flatMap(([cut, gone]) =>
    gone || lacks(record, cut as RecordCut) ? [cut as RecordCut] : [],
  );
  // The fewest that were left out before, or are now.
  const before = MAPS.findLastIndex((one) => lacks(record, one));
  return [...cuts, MAPS[Math.max(before, MAPS.indexOf(maps))]!];
}

function shortenedRecord(record: RunRecord, view: SharedView, form: Form): RunRecord {
  const { maps } = form;
  const of = form.measures ? view.measure : null;
  const { data, base, baselines, arms, pools } = record;
  const probe = Math.min(view.probe, record.probes.length - 1);
  const snapshots = comparedSnapshots(arms, view.step);
  const kept = (snapshot: AttentionSnapshot | null): AttentionSnapshot['data'] =>
    snapshot === null || maps === 'maps' ? '' : keptMaps(snapshot, { ...view, probe }, maps);
  return {
    ...record,
    shortened: cutsOf(record, form),
    spec: briefSpec(record.spec),
    data: { ...data, audit: undefined, recipe: undefined },
    probes: record.probes.map((one, at) => (at === probe ? one : LEFT_OUT)),
    base: inNineDigits({
      ...base,
      sinks: withoutTables(base.sinks),
      attention: { ...base.attention, data: kept(base.attention) },
      continuations: undefined,
      userSinks: base.userSinks && withoutTables(base.userSinks),
      testSinks: base.testSinks && withoutTables(base.testSinks),
      fidelity: undefined,
      control: undefined,
    }),
    baselines: inNineDigits(
      Object.fromEntries(
        Object.entries(baselines as Readonly<Record<string, BaselineRecord>>).map(([name, baseline]) => [
          name,
          { ...baseline, sample: keptOf(baseline.sample, of), all: keptOf(baseline.all, of) },
        ]),
      ) as unknown as RunRecord['baselines'],
    ),
    pools: pools && { ...pools, all: '', sample: undefined },
    projection: undefined,
    headStart: undefined,
    expected: undefined,
    inference: undefined,
    arms: arms.map((arm) => {
      const shown = snapshots.get(arm.id);
      return inNineDigits({
        ...arm,
        steps: lastRows(arm.steps),
        evaluations: arm.evaluations.map((evaluation) => shortenedEvaluation(evaluation, of)),
        attention: arm.attention.map((snapshot) => ({ ...snapshot, data: snapshot === shown ? kept(snapshot) : '' })),
        profile: undefined,
      });
    }),
  };
}

/** A history that is left out. */
const LEFT_OUT: Probe = { user: '', labels: [], itemPositions: [], target: '' };

/** Where the arm is, and how fast it came there over the last steps. */
function lastRows(steps: ArmRecord['steps']): ArmRecord['steps'] {
  const rows = steps.step.length;
  const kept = [...new Set([Math.max(0, rows - 1 - RATE_WINDOW), rows - 1])].filter((row) => row >= 0);
  const last = Object.entries(steps).map(([name, column]) => [name, kept.map((row) => column[row])]);
  return Object.fromEntries(last) as typeof steps;
}

function shortenedEvaluation(evaluation: Evaluation, of: LinkableView['measure'] | null): Evaluation {
  const { sinks, userSinks } = evaluation;
  return {
    ...evaluation,
    ...keptOf(evaluation, of),
    took: undefined,
    perUser: undefined,
    cold: [],
    groups: undefined,
    owners: undefined,
    // The mean over the users is the one that is read.
    sinks: withoutTables(userSinks ? { ...sinks, means: without(sinks.means, (id) => id in userSinks.means) } : sinks),
    userSinks: userSinks && withoutTables(userSinks),
    spectra: undefined,
    projection: undefined,
    readings: [],
    continuations: undefined,
    fidelity: undefined,
  };
}

/** IDs of what a link leaves out; those of splits and of single measures of ranking beside them. */
const OF_LISTS = /^(?:coverage|gini|popularity)@/;
const OF_SHAPES = /^(?:participation|uniformity|meanCosine)/;
const OVERLAP = /^js\d/;
const OF_SPLITS = new RegExp(`^(?:${PART_SPLITS.join('|')})-`);
const GAINS_AND_RANKS = /^(?:pool-)?(ndcg|mrr)@/;

/** All targets, without ranks. @param of the measure that is kept beside HR; null for all */
function keptOf({ targets, values, intervals, requests, pool }: Ranked, of: LinkableView['measure'] | null): Ranked {
  const gone = (id: string): boolean =>
    [OF_LISTS, OF_SHAPES, OVERLAP, OF_SPLITS].some((pattern) => pattern.test(id)) ||
    (of !== null && GAINS_AND_RANKS.test(id) && !of.endsWith(GAINS_AND_RANKS.exec(id)![1]!));
  return inCounts({
    targets: { all: targets.all },
    values: without(values, gone),
    intervals: without(intervals, gone),
    requests: requests && { all: requests.all },
    overlapTargets: undefined,
    ranks: [],
    pool: pool && { size: pool.size, ranks: [] },
  });
}

function without<Value>(values: Readonly<Record<string, Value>>, gone: (id: string) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([id]) => !gone(id)));
}

const DIGITS = 9;

/**
 * Numbers with nine digits, cut rather than rounded; a last digit of 0 or 5 moves up if anything was cut, so
 * that rounding to fewer digits gives what rounding the number itself gives.
 */
export function nineDigits(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return value;
  // As many digits as tell the number from its neighbours.
  const [digits = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const plain = digits.replace('.', '');
  // A number that is short but for its last bits has them: they decide how a tie is rounded.
  if (plain.length <= DIGITS || Math.abs(Number(value.toPrecision(DIGITS)) - value) <= 1e-14 * Math.abs(value)) return value;
  const kept = plain.slice(0, DIGITS);
  const last = Number(kept) + (/[05]$/.test(kept) ? 1 : 0);
  return Math.sign(value) * Number(`${last}e${Number(exponent) - DIGITS + 1}`);
}

function inNineDigits<Part>(part: Part): Part {
  return JSON.parse(JSON.stringify(part, (_, value: unknown) => (typeof value === 'number' ? nineDigits(value) : value))) as Part;
}

/** Beside shares that are written as counts of the targets: shorter, and exact. */
const COUNTED = 'counted';
const HITS = /^(?:pool-)?hr@/;

/** Hit rates as numbers of hits, if they are. The schema ignores the mark: `withShares` reads it. */
function inCounts(ranked: Ranked): Ranked {
  const n = ranked.targets.all;
  const hits = <Value>(of: Readonly<Record<string, Value>>): Value[] =>
    Object.entries(of).flatMap(([id, value]) => (HITS.test(id) ? [value] : []));
  const shares = [...hits(ranked.values), ...hits(ranked.intervals).flat()];
  const counts = (value: number): number => Math.round(value * n);
  if (n === 0 || !shares.every((value) => counts(value) / n === value)) return ranked;
  return {
    ...ranked,
    values: ofHits(ranked.values, counts),
    intervals: ofHits(ranked.intervals, ([low, high]) => [counts(low), counts(high)]),
    ...{ [COUNTED]: 1 },
  };
}

function ofHits<Value>(of: Readonly<Record<string, Value>>, change: (value: Value) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(of).map(([id, value]) => [id, HITS.test(id) ? change(value) : value]));
}

/** The text with evaluations in place of rows and shares in place of counts; unchanged if it is not JSON. */
function withShares(text: string): string {
  if (!text.startsWith('{"shapes":')) return text;
  const shares = (_: string, value: unknown): unknown => {
    if (!isObject(value) || value[COUNTED] !== 1) return value;
    const { [COUNTED]: __, ...measured } = value;
    const { targets, values, intervals } = measured;
    // Those of version 1 are migrated.
    if (!isObject(targets) || typeof targets.all !== 'number') return value;
    const n = targets.all;
    const share = (one: unknown): unknown => (Array.isArray(one) ? one.map(share) : typeof one === 'number' ? one / n : one);
    const inShares = (part: unknown): unknown => (isObject(part) ? ofHits(part, share) : part);
    return { ...measured, values: inShares(values), intervals: inShares(intervals) };
  };
  try {
    return JSON.stringify({ record: JSON.parse(JSON.stringify(outOfRows(JSON.parse(text) as Rows)), shares) as unknown });
  } catch (error) {
    // Its reader says that it is not JSON.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

interface Rows {
  readonly shapes: readonly unknown[];
  readonly record: unknown;
}

/** A row: the index of a shape, then what takes the place of each of its zeros. */
type Row = readonly unknown[];

/** Evaluations and baselines as rows of values, since each repeats the names of the one before. */
function inRows({ arms, baselines, ...record }: RunRecord): Rows {
  const shapes = new Map<string, number>();
  const row = (value: unknown): Row => {
    const leaves: unknown[] = [];
    const shape = (part: unknown): unknown => {
      if (Array.isArray(part)) return part.map(shape);
      if (isObject(part)) return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, shape(one)]));
      leaves.push(part);
      return 0;
    };
    const text = JSON.stringify(shape(value));
    const index = shapes.get(text) ?? shapes.size;
    shapes.set(text, index);
    return [index, ...leaves];
  };
  const rows = {
    ...record,
    baselines: Object.fromEntries(Object.entries(plain(baselines)).map(([name, one]) => [name, row(one)])),
    arms: arms.map((arm) => ({ ...arm, evaluations: (plain(arm.evaluations) as unknown[]).map(row) })),
  };
  return { shapes: [...shapes.keys()].map((shape) => JSON.parse(shape) as unknown), record: rows };
}

/** Without what JSON leaves out. */
function plain(value: unknown): Record<string, unknown> | unknown[] {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown> | unknown[];
}

/** @throws RangeError if a row does not fit its shape */
function outOfRows({ shapes, record }: Rows): unknown {
  const full = (row: unknown): unknown => {
    const [index, ...leaves] = Array.isArray(row) ? (row as Row) : [];
    const fill = (part: unknown): unknown => {
      if (Array.isArray(part)) return part.map(fill);
      if (isObject(part)) return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, fill(one)]));
      // No row is filled beyond its values, so that no text unpacks to much more than itself.
      if (leaves.length === 0) throw new RangeError(t('Something is missing, or does not belong there.'));
      return leaves.pop();
    };
    leaves.reverse();
    return fill(typeof index === 'number' && Array.isArray(shapes) ? shapes[index] : undefined);
  };
  if (!isObject(record) || !isObject(record.baselines) || !Array.isArray(record.arms)) return record;
  return {
    ...record,
    baselines: Object.fromEntries(Object.entries(record.baselines).map(([name, row]) => [name, full(row)])),
    arms: record.arms.map((arm: unknown) =>
      isObject(arm) && Array.isArray(arm.evaluations) ? { ...arm, evaluations: arm.evaluations.map(full) } : arm,
    ),
  };
}

/** Prefix of maps as characters: history, then layer and head if the maps are of one alone. */
const KEPT = /^#(\d{1,6}),(\d{0,6}),(\d{0,6}):/;
/** The character of weight 0: weights are mostly small, and small ones take one byte. */
const FIRST = 0x23;

/** Weights on and below the diagonal, one character each. */
function keptMaps(
  snapshot: AttentionSnapshot,
  { probe, layer, head }: Pick<SharedView, 'probe' | 'layer' | 'head'>,
  maps: Exclude<MapsCut, 'maps'>,
): string {
  const { probes, layers, heads, data } = snapshot;
  if (data === '' || probe >= probes) return '';
  const inside = (value: number, size: number): number => Math.max(0, Math.min(size - 1, value));
  const place = {
    probe,
    layer: maps === 'otherMaps' ? null : inside(layer, layers),
    head: maps === 'otherHeads' ? inside(head, heads) : null,
  };
  const weights = fromBase64(data);
  const text = triangles(snapshot, place).map((at) => String.fromCharCode(FIRST + weights[at]!));
  return text.every((character) => character === String.fromCharCode(FIRST))
    ? ''
    : `#${probe},${place.layer ?? ''},${place.head ?? ''}:${text.join('')}`;
}

interface Place {
  readonly probe: number;
  /** Null for all. */
  readonly layer: number | null;
  readonly head: number | null;
}

/** Where the weights of kept maps are in a snapshot. */
function triangles({ layers, heads, length }: AttentionSnapshot, { probe, layer, head }: Place): number[] {
  const found: number[] = [];
  for (let l = layer ?? 0; l < (layer === null ? layers : layer + 1); l++)
    for (let h = head ?? 0; h < (head === null ? heads : head + 1); h++) {
      const from = ((probe * layers + l) * heads + h) * length * length;
      for (let query = 0; query < length; query++) for (let key = 0; key <= query; key++) found.push(from + query * length + key);
    }
  return found;
}

/** Weights that maps may unpack to, all together. */
const MOST_WEIGHTS = 8_000_000;

/**
 * A packed record has maps as characters; a record by the schema has them as base64, with 0 for those that
 * were left out.
 */
function withMaps(record: Packed): Packed {
  let left = MOST_WEIGHTS;
  const plain = (snapshot: AttentionSnapshot): AttentionSnapshot => {
    const kept = KEPT.exec(snapshot.data);
    if (kept === null) return snapshot;
    const { probes, layers, heads, length } = snapshot;
    const of = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));
    const place = { probe: of(kept[1])!, layer: of(kept[2]), head: of(kept[3]) };
    const characters = snapshot.data.slice(kept[0].length);
    const maps = (place.layer === null ? layers : 1) * (place.head === null ? heads : 1);
    const inside = place.probe < probes && (place.layer ?? 0) < layers && (place.head ?? 0) < heads;
    const size = probes * layers * heads * length * length;
    left -= size;
    // Limits hostile links to what their characters fill.
    if (!inside || !(left >= 0) || characters.length !== (maps * length * (length + 1)) / 2)
      throw new RangeError(t('An attention map of the link has another size than it says.'));
    const weights = new Uint8Array(size);
    triangles(snapshot, place).forEach((at, i) => {
      weights[at] = characters.charCodeAt(i) - FIRST;
    });
    return { ...snapshot, data: toBase64(weights) };
  };
  return {
    ...record,
    base: { ...record.base, attention: plain(record.base.attention) },
    arms: record.arms.map((arm) => ({ ...arm, attention: arm.attention.map(plain) })),
  };
}
