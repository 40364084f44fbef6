/** A split as rows of a history and its target, for other programs. */
import { t } from '../../words/words';
import type { ReadLog } from '../readLog';
import { historyEnd, LogError, type Target } from '../types';

export type SplitLog = Pick<ReadLog, 'log' | 'split'>;
export type SplitPart = 'train' | 'valid' | 'test';

export interface TargetRow {
  readonly user: number;
  /** Oldest first, up to the requested length. */
  readonly history: readonly number[];
  readonly item: number;
}

/**
 * Rows of a part, user after user. Training has a row for every event with a history, as in RecBole's
 * augmentation.
 * @param most maximum items per history
 */
export function* targetRows({ log, split }: SplitLog, part: SplitPart, most: number): Generator<TargetRow, void> {
  const rowOf = (target: Target): TargetRow | null => {
    const end = historyEnd(log, target);
    if (end === 0) return null;
    const history = [...log.events.items(target.user, end).subarray(Math.max(0, end - most))];
    return { user: target.user, history, item: log.events.item(target.user, target.position) };
  };
  if (part === 'train') {
    for (const { user, end } of split.train) {
      for (let position = 1; position < end; position++) {
        const row = rowOf({ user, position });
        if (row !== null) yield row;
      }
    }
    return;
  }
  for (const target of part === 'test' ? split.test : split.validation) {
    const row = rowOf(target);
    if (row !== null) yield row;
  }
}

/** Number of lines per string. */
const BLOCK = 2000;

/** A file of lines. */
export function fileOfLines(name: string, lines: Iterable<string>): File {
  const parts: string[] = [];
  let block = '';
  let count = 0;
  for (const line of lines) {
    block += `${line}\n`;
    if (++count % BLOCK !== 0) continue;
    parts.push(block);
    block = '';
  }
  return new File([...parts, block], name);
}

/** @throws LogError if an ID cannot be in a list separated by `separator` */
export function checkIds(ids: Iterable<string>, separator: RegExp, format: string): void {
  for (const id of ids) {
    if (!separator.test(id)) continue;
    throw new LogError(
      t('The log cannot be written as {format}: the id “{id}” contains its list separator.', { format, id }),
      [],
    );
  }
}
