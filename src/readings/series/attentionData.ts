/** What the attention row shows at one step, from the record. Pure. */
import { t } from '../../words/words';
import { heldSlice, weightAt } from '../../charts/attention/attentionSlice';
import { differenceLimit } from '../../scene/charts/mapPixels';
import type { Table } from '../../charts/export/table';
import type { SinkMeasureId } from '../../measures/entries/sinks';
import { baseSinksOf, sinksOf, type ShownSinks } from '../../measures/sinks/userSinks';
import type { AttentionSnapshot, Probe, RunRecord } from '../../record/runRecord';
import { leftOut, mapsLeftOut } from '../../record/shortened';
import { fixed } from '../format';
import { attentionsAt, snapshotsAt, type FigureArm } from '../arms/armsOf';

export interface Head {
  readonly probe: number;
  readonly layer: number;
  readonly head: number;
}

export interface Column {
  readonly id: string;
  readonly label: string;
  /** Null until the arm's first snapshot. */
  readonly map: Uint8Array | null;
  /** Why the map is missing though it was recorded: a link left it out. */
  readonly leftOut: string | null;
  /** Step of the snapshot; 0 for the base model. */
  readonly step: number;
  readonly sinks: ShownSinks | null;
}

/** What a link left out of the grid below a map: the table of a measure that it has the mean of. */
export function gridLeftOut(record: RunRecord, { sinks }: Pick<Column, 'sinks'>, id: SinkMeasureId): string | null {
  return sinks?.means[id] !== undefined && sinks.tables[id] === undefined ? leftOut(record, 'tables') : null;
}

/** Restricts the chosen head to those of the record. */
export function clampHead({ probe, layer, head }: Head, { probes, layers, heads }: AttentionSnapshot): Head {
  const inside = (value: number, size: number): number => Math.max(0, Math.min(size - 1, value));
  return { probe: inside(probe, probes), layer: inside(layer, layers), head: inside(head, heads) };
}

/** Base model first, then the arms. */
export function attentionColumns(record: RunRecord, arms: readonly FigureArm[], at: Head, step: number | null): Column[] {
  const mapOf = (snapshot: AttentionSnapshot | null): Pick<Column, 'map' | 'leftOut'> => {
    const map = snapshot && heldSlice(snapshot, at.probe, at.layer, at.head);
    return { map, leftOut: snapshot !== null && map === null ? mapsLeftOut(record) : null };
  };
  const { base } = record;
  const [snapshots, evaluations] = [snapshotsAt(arms, step), attentionsAt(arms, step)];
  return [
    { id: 'base', label: t('Base model'), ...mapOf(base.attention), step: 0, sinks: baseSinksOf(record) },
    ...arms.map((arm) => {
      const [snapshot, evaluation] = [snapshots.get(arm.id), evaluations.get(arm.id)];
      return {
        id: arm.id,
        label: arm.label,
        ...mapOf(snapshot ?? null),
        step: snapshot?.step ?? 0,
        sinks: evaluation ? sinksOf(evaluation) : null,
      };
    }),
  ];
}

/** Treatment minus control by layer and head; null if either is missing. */
export function differenceOfTables(
  minuend: readonly (readonly number[])[] | undefined,
  subtrahend: readonly (readonly number[])[] | undefined,
): number[][] | null {
  if (minuend === undefined || subtrahend === undefined) return null;
  return minuend.map((row, layer) => row.map((value, head) => value - subtrahend[layer]![head]!));
}

/**
 * One limit for the difference of two arms at all steps of the chosen head, so that scrubbing does not
 * rescale; null if a link left out maps that may need a larger one.
 */
export function limitOverSteps(minuend: FigureArm, subtrahend: FigureArm, at: Head): number | null {
  const pairs = minuend.record.attention.flatMap((snapshot) => {
    const other = subtrahend.record.attention.find((one) => one.step === snapshot.step);
    const map = (one: AttentionSnapshot): Uint8Array | null => heldSlice(one, at.probe, at.layer, at.head);
    return other ? [[map(snapshot), map(other)] as const] : [];
  });
  const held = pairs.flatMap(([a, b]) => (a !== null && b !== null ? [[a, b] as const] : []));
  const limit = differenceLimit(held);
  return held.length < pairs.length && limit < 1 ? null : limit;
}

/**
 * The recorded history in which an early item draws most attention beyond what it draws in the base model, in
 * one head of an arm's last maps; the first one if maps were left out.
 */
export function strikingHistory(record: RunRecord, arm: FigureArm, { layer, head }: Omit<Head, 'probe'>): number {
  const last = arm.record.attention.at(-1);
  const gains = record.probes.map((probe, at) => {
    const [before, after] = [record.base.attention, last].map((one) => one && heldSlice(one, at, layer, head));
    return before && after ? strongestSink(after, probe) - strongestSink(before, probe) : -Infinity;
  });
  return Math.max(0, gains.indexOf(Math.max(...gains)));
}

/**
 * The largest importance α, the mean weight over the rows that see it, of an item in the first half of a
 * history.
 */
function strongestSink(map: Uint8Array, { labels, itemPositions }: Probe): number {
  const early = itemPositions.slice(0, Math.ceil(itemPositions.length / 2));
  return Math.max(
    0,
    ...early.map((key) => {
      const weights = labels.slice(key).map((_, below) => weightAt(map, labels.length, key + below, key) ?? 0);
      return weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    }),
  );
}

/** The item that draws most of [EMB]'s attention in a map. */
export function strongestItem(map: Uint8Array, { labels, itemPositions }: Probe): { position: number; weight: number } | null {
  const length = labels.length;
  const row = length - 1;
  let best: { position: number; weight: number } | null = null;
  for (const position of itemPositions) {
    const weight = weightAt(map, length, row, position) ?? 0;
    if (!best || weight > best.weight) best = { position, weight };
  }
  return best;
}

/**
 * The position that is no item and that draws more of [EMB]'s attention than any item; null if an item draws
 * most.
 */
function strongerThanItems(map: Uint8Array, { labels, itemPositions }: Probe, least: number) {
  const row = labels.length - 1;
  let best: { label: string; weight: number } | null = null;
  for (const [position, label] of labels.entries()) {
    if (itemPositions.includes(position)) continue;
    const weight = weightAt(map, labels.length, row, position) ?? 0;
    if (weight > (best?.weight ?? least)) best = { label, weight };
  }
  return best;
}

/**
 * “In layer 3, head 2, the item that [EMB] attends to most under Action is “teacup”: weight 0.41; on the same
 * item KARMA 0.22, Base model 0.18.”
 */
export function attentionSentence(columns: readonly Column[], probe: Probe, at: Head, controlId: string): string {
  const gone = columns.find((column) => column.leftOut !== null);
  if (gone) return gone.leftOut!;
  const first = columns.find((column) => column.id === controlId && column.map) ?? columns.find((column) => column.map);
  if (!first?.map) return t('No attention was recorded yet.');
  const strongest = strongestItem(first.map, probe);
  if (!strongest) return t('This history has no items.');
  const row = probe.labels.length - 1;
  const others = columns
    .filter((column) => column !== first && column.map)
    .map((column) => `${column.label} ${fixed(weightAt(column.map!, probe.labels.length, row, strongest.position) ?? 0, 2)}`);
  const more = strongerThanItems(first.map, probe, strongest.weight);
  const values = {
    layer: at.layer + 1,
    head: at.head + 1,
    model: first.label,
    item: probe.labels[strongest.position] ?? '',
    weight: fixed(strongest.weight, 2),
  };
  if (more !== null)
    return t(
      'In layer {layer}, head {head}, [EMB] attends most to {key} under {model}: weight {most}. Of the items, most to “{item}”: {weight}{n, plural, =0 {} other {; on the same item {others}}}. One history, one seed.',
      { ...values, key: more.label, most: fixed(more.weight, 2), n: others.length, others: others.join(', ') },
    );
  return others.length === 0
    ? t(
        'In layer {layer}, head {head}, the item that [EMB] attends to most under {model} is “{item}”: weight {weight}. One history, one seed.',
        values,
      )
    : t(
        'In layer {layer}, head {head}, the item that [EMB] attends to most under {model} is “{item}”: weight {weight}; on the same item {others}. One history, one seed.',
        { ...values, others: others.join(', ') },
      );
}

export function attentionTable(columns: readonly Column[], probe: Probe): Table {
  const length = probe.labels.length;
  const shown = columns.filter((column) => column.map);
  const rows = [];
  for (let query = 0; query < length; query++) {
    for (let key = 0; key <= query; key++) {
      const weights = shown.map((column) => weightAt(column.map!, length, query, key));
      rows.push([query + 1, probe.labels[query] ?? '', key + 1, probe.labels[key] ?? '', ...weights]);
    }
  }
  return { columns: ['query position', 'query', 'key position', 'key', ...shown.map((column) => column.label)], rows };
}
