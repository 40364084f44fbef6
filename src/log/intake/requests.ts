/**
 * What was shown but not clicked, if rows or cells say so: rows of one request, and cells such as `N1-1
 * N2-0`.
 */
import { GrowingColumn, Names } from './columns';

/** Items of one cell of impressions. */
export interface Impressions {
  readonly clicked: readonly string[];
  readonly shown: readonly string[];
  /** Items without a mark, as in a test set that withholds its answers. */
  readonly unmarked: number;
}

/** @param cell items separated by spaces, each with `-1` if it was clicked and `-0` if not */
export function readImpressions(cell: string): Impressions {
  const clicked: string[] = [];
  const shown: string[] = [];
  let unmarked = 0;
  for (const token of cell.split(/\s+/)) {
    if (token === '') continue;
    const item = token.slice(0, -2);
    if (item !== '' && token.endsWith('-1')) clicked.push(item);
    else if (item !== '' && token.endsWith('-0')) shown.push(item);
    else unmarked++;
  }
  return { clicked, shown, unmarked };
}

/** Rows of requests: which items were shown in each besides the chosen one. */
export class Requests {
  private readonly ids = new Names();
  private readonly request = new GrowingColumn((buffer) => new Int32Array(buffer));
  private readonly item = new GrowingColumn((buffer) => new Int32Array(buffer));

  number(id: string): number {
    return id === '' ? -1 : this.ids.number(id);
  }

  /** Notes an item that was shown in a request but not chosen. */
  show(request: number, item: number): void {
    if (request < 0) return;
    this.request.push(request);
    this.item.push(item);
  }

  get shown(): number {
    return this.request.length;
  }

  /**
   * The lists of shown items, followed by those of the requests.
   * @param requests of the events, −1 if there is none; events behind its end have none @param items of the
   * events
   */
  merge(
    lists: { readonly exposedEnd: Uint32Array | null; readonly exposed: Int32Array },
    requests: Int32Array,
    items: Int32Array,
  ): { readonly exposedEnd: Uint32Array; readonly exposed: Int32Array } {
    const [request, item] = [this.request.done(), this.item.done()];
    const start = new Uint32Array(this.ids.texts.length + 1);
    for (const of of request) start[of + 1]! += 1;
    for (let of = 0; of + 1 < start.length; of++) start[of + 1]! += start[of]!;
    const next = start.slice();
    const byRequest = new Int32Array(item.length);
    request.forEach((of, at) => {
      byRequest[next[of]!++] = item[at]!;
    });
    const exposed = new GrowingColumn((buffer) => new Int32Array(buffer));
    const exposedEnd = new Uint32Array(items.length);
    exposedEnd.forEach((_, event) => {
      const own = new Set<number>();
      const end = lists.exposedEnd?.[event] ?? 0;
      for (let at = lists.exposedEnd?.[event - 1] ?? 0; at < end; at++) {
        own.add(lists.exposed[at]!);
      }
      const of = requests[event] ?? -1;
      if (of >= 0) for (let at = start[of]!; at < start[of + 1]!; at++) own.add(byRequest[at]!);
      own.delete(items[event]!);
      for (const shown of own) exposed.push(shown);
      exposedEnd[event] = exposed.length;
    });
    return { exposedEnd, exposed: exposed.done() };
  }
}
