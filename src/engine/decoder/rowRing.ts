/** Which sequences a ring buffer of rows holds, and where: the oldest are overwritten first. */

/** A sequence of `rows` rows; a key always has the same number. */
export interface KeyedRows {
  readonly key: string;
  readonly rows: number;
}

export interface Placement {
  /** First row of every requested sequence. */
  readonly starts: readonly number[];
  /** Those of them (by index) that must be written, consecutively from row `first` on. */
  readonly missing: readonly number[];
  readonly first: number;
}

interface Range {
  readonly first: number;
  readonly end: number;
}

export class RowRing {
  private readonly held = new Map<string, Range>();
  private head = 0;

  /** @param capacity rows of the buffer */
  constructor(private readonly capacity: number) {}

  /**
   * Makes room for missing sequences. Once they are written, all requested sequences are there at the same
   * time.
   * @throws RangeError when the request has more rows than the buffer.
   */
  place(wanted: readonly KeyedRows[]): Placement {
    const index = new Map<string, number>();
    wanted.forEach(({ key }, at) => {
      if (!index.has(key)) index.set(key, at);
    });
    const missing = new Set([...index.keys()].filter((key) => !this.held.has(key)));
    const rowsOf = (key: string): number => wanted[index.get(key)!]!.rows;
    let room: Range;
    let known: number;
    do {
      known = missing.size;
      room = this.roomFor([...missing].reduce((sum, key) => sum + rowsOf(key), 0));
      // A sequence evicted to make room becomes missing too, if it was requested.
      for (const key of index.keys()) if (overlaps(this.held.get(key), room)) missing.add(key);
    } while (missing.size > known);
    for (const [key, range] of this.held) if (missing.has(key) || overlaps(range, room)) this.held.delete(key);
    let first = room.first;
    for (const key of missing) {
      this.held.set(key, { first, end: first + rowsOf(key) });
      first += rowsOf(key);
    }
    if (missing.size > 0) this.head = room.end;
    return {
      starts: wanted.map(({ key }) => this.held.get(key)!.first),
      missing: [...missing].map((key) => index.get(key)!),
      first: room.first,
    };
  }

  /** From the last rows written on, or from the start if the end is too near. */
  private roomFor(rows: number): Range {
    if (rows > this.capacity) throw new RangeError(`${rows} rows do not fit into a cache of ${this.capacity}`);
    const first = this.head + rows <= this.capacity ? this.head : 0;
    return { first, end: first + rows };
  }
}

function overlaps(range: Range | undefined, { first, end }: Range): boolean {
  return range !== undefined && range.first < end && first < range.end;
}
