/**
 * Lists of tokens in one column: a catalogue may have a hundred thousand short lists, and arrays would cost
 * more than their contents.
 */
import type { TokenTable } from '../../engine/decoder/sequence';

export class TokenLists implements TokenTable {
  private values = new Uint32Array(1024);
  private ends = new Uint32Array(64);
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(tokens: readonly number[]): void {
    const start = this.count === 0 ? 0 : this.ends[this.count - 1]!;
    const end = start + tokens.length;
    if (end > this.values.length) this.values = grown(this.values, Math.max(2 * this.values.length, end));
    if (this.count === this.ends.length) this.ends = grown(this.ends, 2 * this.count);
    this.values.set(tokens, start);
    this.ends[this.count++] = end;
  }

  at(index: number): number[] | undefined {
    if (!(index >= 0 && index < this.count)) return undefined;
    return [...this.values.subarray(index === 0 ? 0 : this.ends[index - 1], this.ends[index])];
  }

  *[Symbol.iterator](): Generator<number[], void> {
    for (let index = 0; index < this.count; index++) yield this.at(index)!;
  }
}

function grown(values: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(length);
  more.set(values);
  return more;
}
