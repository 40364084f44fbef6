/** Embeddings of items, and visual features of their pictures, in a log. */
import { message } from '../../words/words';
import type { ItemEmbeddings, VisualFeatures } from '../types';
import { vectorOf } from '../records/values';
import { GrowingColumn } from './columns';
import { quoted, type Place, type Tally } from './tally';

export const NO_VECTOR = message('embedding that is not a list of numbers');
export const NOT_FINITE = message('embedding with a value that is not finite');
export const OTHER_LENGTH = message('embedding with a different length from the first');
export const SECOND = message('second embedding of an item');
export const UNKNOWN_ITEM = message('embedding of an item that is in no other file');

/** Reasons under which unusable vectors are counted. */
export interface VectorNotes {
  readonly noVector: string;
  readonly notFinite: string;
  readonly otherLength: string;
  readonly second: string;
}

export const EMBEDDING_NOTES: VectorNotes = {
  noVector: NO_VECTOR,
  notFinite: NOT_FINITE,
  otherLength: OTHER_LENGTH,
  second: SECOND,
};
export const VISUAL_NOTES: VectorNotes = {
  noVector: message('visual features that are not a list of numbers'),
  notFinite: message('visual features with a value that is not finite'),
  otherLength: message('visual features with a different length from the first'),
  second: message('second visual features of an item'),
};

/** Rows per block: a single array would have to be copied as it grows. */
const BLOCK = 1024;

export class EmbeddingTable {
  /** @param words reasons under which unusable vectors are counted */
  constructor(private readonly words: VectorNotes = EMBEDDING_NOTES) {}

  /** Size of an embedding; 0 while there is none. */
  width = 0;
  private count = 0;
  private readonly blocks: Float32Array[] = [];
  /** By item number: 1 + its row, 0 if it has none. */
  private readonly rows = new GrowingColumn((buffer) => new Int32Array(buffer));

  has(item: number): boolean {
    return item < this.rows.length && this.rows.at(item) > 0;
  }

  get items(): number {
    return this.count;
  }

  /** Adds the cell of an item; problems are noted, and an empty cell is skipped. */
  add(item: number, cell: unknown, place: Place, notes: Tally): void {
    if (cell === undefined || cell === null || cell === '') return;
    const vector = vectorOf(cell);
    if (vector === null || vector.length === 0)
      notes.add(this.words.noVector, place, quoted(typeof cell === 'string' ? cell : typeof cell));
    else if (this.width > 0 && vector.length !== this.width) {
      notes.add(this.words.otherLength, place, `${vector.length} numbers, not ${this.width}`);
    } else if (!vector.every(Number.isFinite)) notes.add(this.words.notFinite, place, '');
    else if (this.has(item)) notes.add(this.words.second, place, '');
    else this.append(item, vector);
  }

  private append(item: number, vector: Float32Array): void {
    this.width = vector.length;
    const within = this.count % BLOCK;
    if (within === 0) this.blocks.push(new Float32Array(BLOCK * this.width));
    this.blocks.at(-1)!.set(vector, within * this.width);
    this.count++;
    while (this.rows.length <= item) this.rows.push(0);
    this.rows.set(item, this.count);
  }

  private rowOf(item: number): Float32Array {
    const row = this.rows.at(item) - 1;
    return this.blocks[Math.floor(row / BLOCK)]!.subarray((row % BLOCK) * this.width, ((row % BLOCK) + 1) * this.width);
  }

  /** Vectors of some items in order, 0 and marked absent if an item has none; null if none has. */
  present(items: Int32Array): VisualFeatures | null {
    const { width } = this;
    const present = Uint8Array.from(items, (item) => Number(this.has(item)));
    if (!present.includes(1)) return null;
    const values = new Float32Array(items.length * width);
    items.forEach((item, index) => {
      if (present[index] === 1) values.set(this.rowOf(item), index * width);
    });
    return { width, values, present };
  }

  /** Embeddings of some items in order, the mean of the others if an item has none; null if none has. */
  of(items: Int32Array): ItemEmbeddings | null {
    const { width } = this;
    const known = items.filter((item) => this.has(item));
    if (known.length === 0) return null;
    const mean = new Float64Array(width);
    for (const item of known) {
      this.rowOf(item).forEach((value, column) => {
        mean[column]! += value / known.length;
      });
    }
    const values = new Float32Array(items.length * width);
    items.forEach((item, index) => {
      values.set(this.has(item) ? this.rowOf(item) : mean, index * width);
    });
    return { width, values, missing: items.length - known.length };
  }
}
