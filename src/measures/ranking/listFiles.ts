/**
 * The best items of every target as files, from which any measure of ranking up to their length can be
 * computed again.
 */
import { csvField } from '../../log/csv';
import type { InteractionLog, Target } from '../../log/types';
import { itemsOf } from './bestItems';

/** What an arm would show for each target at the end of a run. */
export interface RankedLists {
  readonly arm: string;
  readonly targets: readonly Target[];
  /** Best first, as many for each target: [targets, listed]. */
  readonly items: Uint32Array;
}

/** A file, a piece for each target. */
export interface ListFile {
  readonly path: string;
  readonly pieces: Iterable<Uint8Array<ArrayBuffer>>;
}

type Named = Pick<InteractionLog, 'items' | 'users' | 'events'>;

interface Listed {
  readonly target: number;
  readonly user: string;
  readonly wanted: string;
  readonly best: readonly string[];
}

/** The lists of every arm as CSV and as a run of TREC, and what is relevant as qrels of TREC. */
export function listFiles(log: Named, arms: readonly RankedLists[]): ListFile[] {
  const [first] = arms;
  if (first === undefined) return [];
  return [
    { path: 'qrels.txt', pieces: pieces(log, first, ({ target, wanted }) => `${target} 0 ${token(wanted)} 1\n`) },
    ...arms.flatMap((lists) => [
      { path: `${lists.arm}.csv`, pieces: pieces(log, lists, csvLines, 'target,user,rank,item,hit\r\n') },
      { path: `${lists.arm}.run.txt`, pieces: pieces(log, lists, trecLines(lists.arm)) },
    ]),
  ];
}

function* pieces(
  log: Named,
  { targets, items }: RankedLists,
  lines: (listed: Listed) => string,
  header = '',
): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  if (header !== '') yield encoder.encode(header);
  const length = items.length / targets.length;
  const idOf = (item: number): string => log.items.columns.id.at(item);
  for (const [target, { user, position }] of targets.entries()) {
    const best = itemsOf(items.subarray(target * length, (target + 1) * length)).map(idOf);
    const wanted = idOf(log.events.item(user, position));
    yield encoder.encode(lines({ target, user: log.users.at(user), wanted, best }));
  }
}

function csvLines({ target, user, wanted, best }: Listed): string {
  const line = (item: string, at: number): string =>
    `${target},${csvField(user)},${at + 1},${csvField(item)},${Number(item === wanted)}\r\n`;
  return best.map(line).join('');
}

/** Scores fall by one from place to place: trec_eval orders by them and would order equal ones by item ID. */
function trecLines(arm: string): (listed: Listed) => string {
  return ({ target, best }) =>
    best.map((item, at) => `${target} Q0 ${token(item)} ${at + 1} ${best.length - at} ${token(arm)}\n`).join('');
}

/** White space separates the fields of TREC, so it and `%` are written as in addresses. */
function token(id: string): string {
  return id.replace(/[\s%]/gu, encodeURIComponent);
}
