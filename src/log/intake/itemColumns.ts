/** Items files often have several IDs (`asin`, `isbn`, `book_id`; `id`, `url`): which one the events use. */
import { t } from '../../words/words';
import { table } from '../formats/generic';
import { columnsNamed, normaliseName } from '../formats/header';
import { idOf } from '../records/values';
import type { SourceGuess } from './guessSource';

/** The column by which the events name an item, and why; null if nothing tells. */
function columnOfEvents(guess: SourceGuess, events: readonly SourceGuess[]): { column: number; reason: string } | null {
  const { columns } = guess.mapping;
  const names = columns.map(normaliseName);
  for (const { mapping } of events) {
    const name = mapping.columns[mapping.roles.item!]!;
    const column = names.indexOf(normaliseName(name));
    if (column >= 0) return { column, reason: t('the events name their items by “{column}”', { column: columns[column]! }) };
  }
  const used = new Set(events.flatMap(({ rows, mapping }) => rows.map((row) => idOf(row[mapping.roles.item!]))));
  used.delete('');
  const shared = columnsNamed(columns, 'item').map((column) => ({
    column,
    rows: guess.rows.filter((row) => used.has(idOf(row[column]))).length,
  }));
  const best = shared.reduce((a, b) => (b.rows > a.rows ? b : a), { column: -1, rows: 0 });
  return best.rows === 0
    ? null
    : {
        column: best.column,
        reason: t('items of the events are among the first of “{column}”', { column: columns[best.column]! }),
      };
}

/** @param settled whether the user has said what a source is */
export function withItemColumns(guesses: readonly SourceGuess[], settled: (guess: SourceGuess) => boolean): SourceGuess[] {
  const events = guesses.filter(({ mapping: { part, roles } }) => part === 'events' && roles.item !== undefined);
  return guesses.map((guess) => {
    const { mapping, roleReasons } = guess;
    if (mapping.part !== 'items' || mapping.format !== table.name || mapping.roles.item === undefined || settled(guess))
      return guess;
    const found = columnOfEvents(guess, events);
    if (found === null || found.column === mapping.roles.item || Object.values(mapping.roles).includes(found.column))
      return guess;
    return {
      ...guess,
      roleReasons: { ...roleReasons, item: found.reason },
      mapping: { ...mapping, roles: { ...mapping.roles, item: found.column } },
    };
  });
}
