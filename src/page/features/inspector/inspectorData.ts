/** What the inspector shows of an answer. Pure. */
import { numberFormat, t } from '../../../words/words';
import type { Table } from '../../../charts/export/table';
import { armMark, type ArmMark } from '../../../scene/marks/armMark';
import type { InspectedModel, InspectionAnswer } from '../../../record/inspection';
import { fixed, listed } from '../../../readings/format';

/** A layer or head, or the mean over all of them. */
export type LayerOrHead = number | 'mean';

/** [EMB]'s attention to one part of the prompt, by model; null for models without attention. */
export interface AttentionPart {
  readonly label: string;
  /** Whether it is an item of the history. */
  readonly item: boolean;
  readonly shares: readonly (number | null)[];
}

/**
 * Attention of [EMB] to [BOS], each item (with the tokens of its title, if items enter as text), the query
 * and itself. Every position is in one part, so a model's shares sum to 1.
 */
export function attentionParts(answer: InspectionAnswer, layer: LayerOrHead, head: LayerOrHead): AttentionPart[] {
  const { labels, itemPositions, models } = answer;
  const last = labels.length - 1;
  let start = 1;
  const items = itemPositions.map((position) => {
    const part = { label: labels[position]!, item: true, start, end: position + 1 };
    start = position + 1;
    return part;
  });
  const query = labels
    .slice(start + 1, last)
    .join('')
    .trim();
  const parts = [
    { label: labels[0]!, item: false, start: 0, end: 1 },
    ...items,
    ...(start < last ? [{ label: t('Query {query}', { query }), item: false, start, end: last }] : []),
    { label: labels[last]!, item: false, start: last, end: last + 1 },
  ];
  const rows = models.map(({ attention }) => attention && meanRow(answer, attention, layer, head));
  return parts.map(({ label, item, start: from, end }) => ({
    label,
    item,
    shares: rows.map((row) => row?.subarray(from, end).reduce((sum, share) => sum + share, 0) ?? null),
  }));
}

/** [EMB]'s row of a layer and head, or the mean over layers, heads or both: [positions]. */
function meanRow(
  { layers, heads, labels }: InspectionAnswer,
  attention: Float32Array,
  layer: LayerOrHead,
  head: LayerOrHead,
): Float64Array {
  const every = (plane: LayerOrHead, count: number): number[] =>
    plane === 'mean' ? [...Array(count).keys()] : [Math.min(plane, count - 1)];
  const planes = every(layer, layers).flatMap((l) => every(head, heads).map((h) => l * heads + h));
  return Float64Array.from(labels, (_, position) =>
    planes.reduce((sum, plane) => sum + attention[plane * labels.length + position]! / planes.length, 0),
  );
}

/** @param arms all arms of the recipe, so that colours match the figure */
export function markOf({ id }: InspectedModel, arms: readonly string[]): ArmMark {
  return armMark(id === 'itemKnn' ? 'base' : id, arms);
}

/** How far lists agree, and the rank of the item that came next. */
export function inspectionSentence({ models }: InspectionAnswer, target: string | null): string {
  if (target !== null) {
    const ranks = models.flatMap(({ label, rank }) => (rank === null ? [] : [`${label} ${rankText(rank)}`]));
    return t('Next in the log: {item}. Its rank: {ranks}. One history is an example, not a comparison.', {
      item: target,
      ranks: listed(ranks),
    });
  }
  const arms = models.filter(({ step, id }) => step !== null && id !== 'base');
  const [first, ...others] = arms;
  if (!first || others.length === 0)
    return t('Best of {models}.', {
      models: listed(models.map(({ label, top }) => `${label}: ${top[0]?.title ?? t('nothing')}`)),
    });
  const shared = first.top.filter(({ item }) => others.every(({ top }) => top.some((other) => other.item === item))).length;
  return t('{arms} have {shared} of their {n} best items in common.', {
    arms: listed(arms.map(({ label }) => label)),
    shared,
    n: first.top.length,
  });
}

export function rankText(rank: number): string {
  return Number.isInteger(rank) ? numberFormat().format(rank) : fixed(rank, 1);
}

export function inspectionTable(answer: InspectionAnswer, layer: LayerOrHead, head: LayerOrHead): Table {
  const parts = attentionParts(answer, layer, head);
  const where = `layer ${planeText(layer)}, head ${planeText(head)}`;
  const rows = answer.models.flatMap(({ label, step, top, rank, texts }, model) => [
    ...top.map(({ title, score }, place) => [label, step, 'item', place + 1, title, score]),
    ...(rank === null ? [] : [[label, step, 'rank of the next item', null, null, rank]]),
    ...parts.flatMap(({ label: part, shares }, place) => {
      const share = shares[model] ?? null;
      return share === null ? [] : [[label, step, `attention of [EMB], ${where}`, place + 1, part, share]];
    }),
    ...(texts?.own == null ? [] : [[label, step, 'text, own decoder', null, texts.own, null]]),
    ...(texts?.probe == null ? [] : [[label, step, 'text, probe decoder', null, texts.probe, null]]),
  ]);
  return { columns: ['model', 'step', 'what', 'place', 'item or text', 'value'], rows };
}

function planeText(plane: LayerOrHead): string {
  return plane === 'mean' ? 'mean' : String(plane + 1);
}
