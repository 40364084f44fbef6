/** Sparse 0/1 matrices as lists of numbers, and rounding that makes equal sums ties. */
import type { InteractionLog, Split } from '../../log/types';

/**
 * Scores are multiples of 2⁻²⁶: sums that are equal but for the rounding of their terms (1/√2 and 3/√18) are
 * ties.
 */
export const SCORE_GRID = 2 ** 26;

export function onGrid(value: number, grid: number): number {
  return Math.round(value * grid) / grid;
}

/** Lists of numbers in one column: list g is values[start[g] … start[g + 1]). */
export interface Groups {
  readonly start: Uint32Array;
  readonly values: Uint32Array;
}

export function members({ start, values }: Groups, group: number): Uint32Array {
  return values.subarray(start[group], start[group + 1]);
}

/** The distinct items of every training user, in order of first occurrence. */
export function distinctItems(given: InteractionLog, { train, training = given }: Pick<Split, 'train' | 'training'>): Groups {
  const log = training;
  const start = new Uint32Array(train.length + 1);
  const values = new Uint32Array(train.reduce((sum, { end }) => sum + end, 0));
  const lastUser = new Int32Array(log.items.length).fill(-1);
  let count = 0;
  train.forEach(({ user, end }, index) => {
    for (const item of log.events.items(user, end)) {
      if (lastUser[item] === index) continue;
      lastUser[item] = index;
      values[count++] = item;
    }
    start[index + 1] = count;
  });
  return { start, values: values.slice(0, count) };
}

/** For each value, the groups that have it, ascending. @param size exceeds all values */
export function transposedGroups({ start, values }: Groups, size: number): Groups {
  const from = new Uint32Array(size + 1);
  for (const value of values) from[value + 1]! += 1;
  for (let value = 0; value < size; value++) from[value + 1]! += from[value]!;
  const next = from.slice();
  const groups = new Uint32Array(values.length);
  for (let group = 0; group + 1 < start.length; group++) {
    for (let at = start[group]!; at < start[group + 1]!; at++) groups[next[values[at]!]!++] = group;
  }
  return { start: from, values: groups };
}

/** Training users and items of their events, from both sides. */
export interface TrainingMatrix {
  readonly itemsOf: Groups;
  readonly usersOf: Groups;
  readonly users: number;
  /** Catalogue index of each item that has a training event. */
  readonly trained: Uint32Array;
  /** Place of each item of the catalogue in `trained`; −1 for the others. */
  readonly column: Int32Array;
}

export function trainingMatrix(log: InteractionLog, split: Split): TrainingMatrix {
  const itemsOf = distinctItems(log, split);
  const usersOf = transposedGroups(itemsOf, log.items.length);
  const trained = Uint32Array.from(log.items.map((_, item) => item).filter((item) => members(usersOf, item).length > 0));
  const column = new Int32Array(log.items.length).fill(-1);
  trained.forEach((item, at) => (column[item] = at));
  return { itemsOf, usersOf, users: split.train.length, trained, column };
}
