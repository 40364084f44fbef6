/** Layout of one attention map, in CSS pixels. Pure. */
import { characters as widthOf } from '../../scene/characters';

export interface MapLabel {
  /** Position in the sequence, from 0. */
  readonly position: number;
  readonly x: number;
  readonly y: number;
  /** As much of the title as fits. */
  readonly text: string;
}

export interface MapLayout {
  /** Side of a cell; the map's side is cell × T. */
  readonly cell: number;
  readonly side: number;
  /**
   * Labels are down the diagonal, in the triangle that the causal mask leaves empty: each names its row and
   * its column.
   */
  readonly labels: readonly MapLabel[];
}

const LABEL_PITCH = 10;
const CHARACTER = 5.1;
const LABEL_GAP = 4;

/**
 * @param width available for map and labels
 * @param tail share of the width reserved right of the map for the labels of the last rows
 * @param important positions whose labels take precedence if not all fit (items)
 */
export function layOutMap(labels: readonly string[], width: number, tail: number, important: readonly number[]): MapLayout {
  const length = Math.max(1, labels.length);
  const room = width - tail;
  const exact = room / length;
  const cell = exact >= 2 ? Math.floor(exact) : exact;
  const side = cell * length;
  const chosen = thin(labels, cell, important);
  return {
    cell,
    side,
    labels: chosen.map((position) => {
      const x = (position + 1) * cell + LABEL_GAP;
      return { position, x, y: (position + 0.5) * cell, text: fit(labels[position] ?? '', (width - x) / CHARACTER) };
    }),
  };
}

/** All positions if rows are tall enough; otherwise the ends and important ones far enough apart. */
function thin(labels: readonly string[], cell: number, important: readonly number[]): number[] {
  const all = labels.map((_, position) => position);
  if (cell >= LABEL_PITCH) return all;
  const last = labels.length - 1;
  const kept: number[] = [];
  for (const position of [0, ...important]) {
    const before = kept.at(-1);
    const clear = (last - position) * cell >= LABEL_PITCH && (before === undefined || (position - before) * cell >= LABEL_PITCH);
    if (clear) kept.push(position);
  }
  return last > 0 ? [...kept, last] : kept;
}

/** A text cut to the room of that many lower-case characters. */
export function fit(text: string, characters: number): string {
  const room = Math.floor(characters);
  if (widthOf(text) <= room) return text;
  if (room < 2) return '';
  let cut = Math.min(text.length, room - 1);
  while (cut > 0 && widthOf(text.slice(0, cut)) > room - 1) cut--;
  return `${text.slice(0, cut).trimEnd()}…`;
}

/** Cell under a pixel, null outside the map or in the masked triangle. */
export function cellAt(x: number, y: number, cell: number, length: number): { query: number; key: number } | null {
  const key = Math.floor(x / cell);
  const query = Math.floor(y / cell);
  return key >= 0 && query >= 0 && query < length && key <= query ? { query, key } : null;
}
