/**
 * Columns under names of their own: which of them hold user, item, time, title and rating, guessed from names
 * and first rows. Pure.
 */
import { t } from '../../words/words';
import type { Role, SourceMapping } from '../../recipe/logRecipe';
import { guessTimeUnit, shareReadable } from '../eventTime';
import { ANY_TIME, shareFitting, type Guessed } from '../formats/format';
import { idOf } from '../records/values';
import { numbersRows } from '../formats/columnValues';
import { table } from '../formats/generic';
import type { SourceGuess } from './guessSource';
import { eventsLikelihood } from './proof';

interface Table {
  readonly columns: readonly string[];
  /** Values of the first records, by column. */
  readonly rows: readonly (readonly unknown[])[];
}

/** Parts of names, in languages in which people name columns; `\b` would not see the words of `kunden_nr`. */
const HINTS = {
  user: /user|customer|client|member|visitor|buyer|shopper|person|player|reader|student|account|kund|nutzer|cliente|usuario|utilisateur|^wer$|^who$|고객|회원|사용자|유저|用户|用戶|客户|会员|顾客|顧客|会員/iu,
  item: /item|product|produ[ck]|artik|article|ware|sku|good|track|song|book|buch|movie|film|video|game|news|course|^was$|^what$|상품|제품|품목|도서|영화|商品|物品|产品|作品/iu,
  time: /time|date|when|zeit|datum|fecha|hora|jour|^wann$|^am$|일시|시간|날짜|시각|时间|日期|時間|日時/iu,
  title: /title|name|label|bezeichnung|titel|nombre|titre|nom|이름|제목|상품명|名称|标题|书名|名前/iu,
  rating: /rating|star|score|stern|note|point|bewertung|평점|별점|评分|评价/iu,
} as const;

/** Share of a column's values from which the column is taken to hold them. */
const MOSTLY = 0.8;
/** Longer texts are descriptions or reviews. */
const LONGEST_TITLE = 120;

/** A few facts of a column's first values. */
interface Column {
  readonly at: number;
  readonly name: string;
  readonly values: readonly string[];
  readonly distinct: number;
  readonly isTime: boolean;
  readonly isRating: boolean;
  readonly isText: boolean;
}

function columnAt({ columns, rows }: Table, at: number): Column {
  const cells = rows.map((row) => row[at]).filter((value) => value !== undefined && value !== null && value !== '');
  const values = rows.map((row) => idOf(row[at]));
  const present = values.filter((value) => value !== '');
  const share = (pattern: RegExp): number => (present.length === 0 ? 0 : shareFitting({ rows }, at, pattern));
  const written = cells.filter((value) => value instanceof Date || (typeof value === 'string' && /\D/.test(value.trim())));
  const dated =
    written.length > 0 &&
    Math.max(...(['date', 'month-first', 'day-first', 'year-first'] as const).map((unit) => shareReadable(cells, unit)));
  const isTime = share(ANY_TIME) >= MOSTLY || (dated !== false && dated >= MOSTLY);
  const isText =
    !isTime &&
    share(/\p{L}\p{M}*.*\s.*\p{L}|^\p{L}{2,}$|[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u) >=
      MOSTLY / 2;
  return {
    at,
    name: columns[at]!,
    values,
    distinct: new Set(present).size,
    isTime,
    isRating: !isTime && share(/^(?:[0-5](?:[.,]\d+)?|10)$/) >= MOSTLY,
    isText: isText && present.every(({ length }) => length <= LONGEST_TITLE),
  };
}

/** Whether each value of one column has one value of the other throughout, and some recur. */
function names(id: Column, title: Column): boolean {
  const owner = new Map<string, string>();
  for (const [row, value] of id.values.entries()) {
    if ((owner.get(value) ?? title.values[row]) !== title.values[row]) return false;
    owner.set(value, title.values[row]!);
  }
  return owner.size < id.values.length && new Set(owner.values()).size > 1;
}

/**
 * Guesses the columns of a table whose header says nothing that is known. A role for which nothing speaks is
 * left out.
 * @param known roles that the header did say, which keep their columns
 */
export function guessOwnColumns(
  table: Table,
  known: Readonly<Partial<Record<Role, number>>> = {},
): Readonly<Partial<Record<Role, Guessed>>> {
  const guessed: Partial<Record<Role, Guessed>> = {};
  const taken = new Set(Object.values(known));
  const columns = table.columns.map((_, at) => columnAt(table, at)).filter(({ distinct }) => distinct > 0);
  const free = (): Column[] => columns.filter(({ at }) => !taken.has(at));
  const place = (role: Role, column: Column | undefined, reason: (name: string) => string): void => {
    if (column === undefined || known[role] !== undefined || guessed[role] !== undefined) return;
    guessed[role] = { column: column.at, reason: reason(column.name) };
    taken.add(column.at);
  };
  const hinted = (role: keyof typeof HINTS, fits: (column: Column) => boolean): Column | undefined =>
    free().find((column) => HINTS[role].test(column.name) && fits(column));
  const byName = (name: string): string => t('a guess from the name “{name}”', { name });

  place('time', hinted('time', ({ isTime }) => isTime) ?? free().find(({ isTime }) => isTime), (name) =>
    t('a guess: the first values of “{name}” look like times', { name }),
  );
  place(
    'title',
    hinted('title', ({ isText, name }) => isText && !HINTS.user.test(name)),
    byName,
  );
  place(
    'user',
    hinted('user', ({ isTime }) => !isTime),
    byName,
  );
  place(
    'item',
    hinted('item', ({ isTime, isText }) => !isTime && !isText),
    byName,
  );
  place(
    'rating',
    hinted('rating', ({ isRating }) => isRating),
    byName,
  );
  const mostVaried = (some: readonly Column[]): Column | undefined =>
    some.reduce<Column | undefined>((best, one) => (best === undefined || one.distinct > best.distinct ? one : best), undefined);
  place('title', mostVaried(free().filter(({ isText }) => isText)), (name) =>
    t('a guess: the first values of “{name}” look like titles', { name }),
  );
  // A rating varies less than an ID that counts from 0, or stands behind the IDs.
  const ids = (): Column[] => free().filter(({ isTime, isText, isRating, at }) => !isTime && !isText && !(isRating && at >= 2));
  const title = columns.find(({ at }) => at === (guessed.title?.column ?? known.title));
  if (title !== undefined) {
    place(
      'item',
      ids().find((id) => names(id, title)),
      (name) => t('a guess: each value of “{name}” has one title', { name }),
    );
  }
  place('user', ids()[0], (name) => t('a guess: “{name}” is the first column that is left for IDs', { name }));
  place('item', ids()[0], (name) => t('a guess: “{name}” is the next column that is left for IDs', { name }));
  // A log may know its items by their titles alone.
  if (guessed.item === undefined && known.item === undefined && title !== undefined) {
    guessed.item = {
      column: title.at,
      reason: t('a guess: no other column tells the items of “{name}” apart', { name: title.name }),
    };
  }
  return guessed;
}

/**
 * A source that may hold events, as its first rows suggest: for the user to confirm, never to be read
 * unasked.
 */
export interface OwnEvents extends Pick<SourceGuess, 'mapping' | 'roleReasons' | 'timeReason'> {
  /** Its index. */
  readonly source: number;
}

/** Columns from which a table without names is not guessed at. */
const MOST_UNNAMED = 12;

function mayBeEvents({ mapping: { part, format, syntax, columns, roles } }: SourceGuess): boolean {
  const headed = syntax.kind !== 'delimited' || syntax.header;
  return (
    (part === 'ignored' || part === 'users') &&
    format === table.name &&
    columns.length > 1 &&
    (headed || columns.length <= MOST_UNNAMED) &&
    roles.order === undefined
  );
}

/**
 * A source as events, by guessed columns; null if none is left for users or items, or each user has one row
 * and no time.
 */
function asEvents(guess: SourceGuess): SourceGuess | null {
  const { mapping, roleReasons: known, rows } = guess;
  const { columns } = mapping;
  const [roles, roleReasons] = [{ ...mapping.roles }, { ...known }];
  for (const [role, { column, reason }] of Object.entries(guessOwnColumns({ columns, rows }, roles)) as [Role, Guessed][]) {
    roles[role] = column;
    roleReasons[role] = reason;
  }
  const { user, item, time } = roles;
  if (user === undefined || item === undefined || (time === undefined && numbersRows({ rows }, user))) return null;
  const times = rows.map((row) => (time === undefined ? '' : row[time])).filter((value) => value !== '' && value != null);
  const unit = guessTimeUnit(times, time === undefined ? '' : columns[time]);
  const timeUnit: SourceMapping['timeUnit'] = time === undefined ? 'order' : (unit?.unit ?? 'seconds');
  const timeReason = unit?.reason ?? t('there is no column of times');
  return { ...guess, roleReasons, timeReason, mapping: { ...mapping, part: 'events', roles, timeUnit } };
}

/**
 * The likeliest table with names of its own to hold events, if no source was recognised as events; else null.
 */
export function guessOwnEvents(sources: readonly SourceGuess[]): OwnEvents | null {
  if (sources.some(({ mapping: { part } }) => part === 'events')) return null;
  const found = sources.flatMap((guess, source) => {
    const events = mayBeEvents(guess) ? asEvents(guess) : null;
    return events === null ? [] : [{ source, likelihood: eventsLikelihood(events), events }];
  });
  if (found.length === 0) return null;
  const { source, events } = found.reduce((a, b) => (b.likelihood > a.likelihood ? b : a));
  return { source, roleReasons: events.roleReasons, timeReason: events.timeReason, mapping: events.mapping };
}
