/** Embeddings of items, and visual features of their pictures, in a log. */
import type { LogEmbeddings, VisualFeatures } from '../types';
import { vectorOf } from '../records/values';
import { GrowingColumn } from './columns';
import { quoted, type FilePosition, type Tally } from './tally';

/** Rows per block: a single array would have to be copied as it grows. */
const BLOCK = 1024;

export class EmbeddingTable {
  /** @param kind of vectors, for the reasons under which unusable ones are counted */
  constructor(private readonly kind: 'embedding' | 'visual' = 'embedding') {}

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
  add(item: number, cell: unknown, place: FilePosition, notes: Tally): void {
    if (cell === undefined || cell === null || cell === '') return;
    const vector = vectorOf(cell);
    if (vector === null || vector.length === 0)
      notes.add(`${this.kind}NotNumbers`, place, quoted(typeof cell === 'string' ? cell : typeof cell));
    else if (this.width > 0 && vector.length !== this.width) {
      notes.add(`${this.kind}OtherLength`, place, `${vector.length} numbers, not ${this.width}`);
    } else if (!vector.every(Number.isFinite)) notes.add(`${this.kind}NotFinite`, place);
    else if (this.has(item)) notes.add(`${this.kind}Second`, place);
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
  of(items: Int32Array): LogEmbeddings | null {
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
