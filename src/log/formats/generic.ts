/** Any other table, by the names of its columns or, without names, by their content. */
import { message, t } from '../../words/words';
import type { Part, Role } from '../../recipe/logRecipe';
import { guessTimeUnit, shareReadable } from '../eventTime';
import type { Peek } from '../records/peek';
import {
  ANY_TIME,
  columnFits,
  INTEGER,
  shareFitting,
  shareOf,
  baseName,
  type Format,
  type Guessed,
  type Recognition,
} from './format';
import { countsOwnEvents, matchHeader, normaliseName } from './header';
import { idList, idOf } from '../records/values';
import { paddingOf, paddingReason } from './padding';
import { bringsVectors, rolesOf } from './roles';

type Roles = Partial<Record<Role, Guessed>>;

/** Share of a column's values from which the column is taken to hold them. */
const MOSTLY = 0.8;

/** `hist_1` … `hist_50`, `item3`: names of the columns of one history, except for their numbers. */
const HISTORY_STEMS = new Set([
  ...['hist', 'history', 'histitem', 'histitemid', 'historyitem', 'itemhist', 'itemhistory', 'seq', 'sequence', 'item', 'itemid'],
  ...['movie', 'movieid', 'clickhist', 'clickhistory', 'prev', 'previtem'],
]);
const LEAST_HISTORY = 3;

/** Neighbouring columns with the same stem and increasing numbers: a history in that many columns. */
function spreadHistory(columns: readonly string[]): { readonly column: number; readonly width: number } | null {
  const parts = columns.map((name) => /^(.*?)[\s_.-]?(\d+)$/.exec(name.trim()));
  for (let from = 0; from < columns.length; from++) {
    const stem = parts[from]?.[1];
    if (stem === undefined || !HISTORY_STEMS.has(normaliseName(stem))) continue;
    let to = from + 1;
    while (parts[to]?.[1] === stem && Number(parts[to]![2]) === Number(parts[to - 1]![2]) + 1) to++;
    if (to - from >= LEAST_HISTORY) return { column: from, width: to - from };
  }
  return null;
}

/** The value that pads the histories of a table: those in several columns, else lists. */
function historyPadding({ rows }: Peek, { column }: Guessed, width: number | undefined): string | undefined {
  return paddingOf(rows.map((row) => (width === undefined ? idList(row[column]) : row.slice(column, column + width))));
}

/** Columns of 0 and 1 that say whether a row expresses interest. */
const LABELS = ['label', 'isclick', 'clicked', 'click', 'isclicked', 'ispositive', 'islike', 'target'];
const YES = ['1', 'true', 'True', 'TRUE', 'yes'];

/** The row filter that a label implies. */
function labelled(peek: Peek): Recognition['where'] {
  const column = peek.columns.findIndex(
    (name, at) => LABELS.includes(normaliseName(name)) && columnFits(peek, at, /^(?:[01]|true|false|yes|no)$/i),
  );
  return column < 0 ? undefined : { column, values: YES };
}

const SCORES = ['rating', 'ratings', 'stars', 'overall', 'score'];

/**
 * Columns that hold what users wrote of an item, which would tell the model who is asked for: `text` and `summary` beside a rating or a review's ID,
 * unless the rows of every item repeat them.
 */
function reviewTexts({ columns, rows }: Peek, item: number | undefined): number[] {
  const names = columns.map(normaliseName);
  if (!names.some((name) => SCORES.includes(name) || name.startsWith('review'))) return [];
  const ofItem = (column: number): boolean => {
    const texts = new Map<string, unknown>();
    let repeated = 0;
    for (const row of rows) {
      const id = idOf(row[item ?? -1]);
      if (!texts.has(id)) texts.set(id, row[column]);
      else if (texts.get(id) === row[column]) repeated++;
      else return false;
    }
    return repeated > 0 && new Set(texts.values()).size > 1;
  };
  return ['text', 'summary'].map((name) => names.indexOf(name)).filter((column) => column >= 0 && !ofItem(column));
}

/** Share of a column's values that are dates in any notation; numbers are for `ANY_TIME`. */
function shareOfDates({ rows }: Peek, column: number): number {
  const texts = rows.map((row) => row[column]).filter((value) => value !== '' && value != null);
  if (texts.length === 0 || !texts.every((value) => typeof value === 'string' && /\D/.test(value.trim()))) return 0;
  return Math.max(...(['date', 'month-first', 'day-first'] as const).map((unit) => shareReadable(texts, unit)));
}

/** A column of times recognised by its values, if no name says which it is. */
function timeByValue(peek: Peek, roles: Roles): Guessed | undefined {
  const named = roles.time;
  // Any time is better than a count of a user's orders, and the number of an order may be its ID.
  const counts = named !== undefined && countsOwnEvents(peek.columns[named.column]!);
  if (named !== undefined && !counts && peek.rows.some((row) => guessTimeUnit([row[named.column]]) !== null)) return named;
  const taken = new Set(Object.values(roles).map(({ column }) => column));
  const column = peek.columns.findIndex(
    (name, at) =>
      !taken.has(at) &&
      !/birth|release|publi|regist|signup|joined|expir/i.test(name) &&
      Math.max(shareFitting(peek, at, ANY_TIME), shareOfDates(peek, at)) >= MOSTLY,
  );
  const numbers = !counts || columnFits(peek, named.column, /^\d+(?:\.0+)?$/);
  return column < 0
    ? numbers
      ? named
      : undefined
    : { column, reason: t('all values of “{column}” look like times', { column: peek.columns[column]! }) };
}

function named({ columns, rows }: Peek): Roles {
  const roles: Roles = {};
  for (const [role, column] of Object.entries(matchHeader(columns).roles) as [Role, number][]) {
    roles[role] = { column, reason: t('the name “{column}”', { column: columns[column]! }) };
  }
  // `text` and `summary` beside a title are longer texts; a description alone is all there is to read.
  if (roles.title === undefined && roles.description !== undefined) {
    roles.title = {
      column: roles.description.column,
      reason: t('{reason}, and there is no title', { reason: roles.description.reason }),
    };
    delete roles.description;
  }
  const spread = spreadHistory(columns);
  if (spread !== null) {
    const last = columns[spread.column + spread.width - 1]!;
    roles.history = {
      column: spread.column,
      reason: t('“{first}” to “{last}”, oldest first', { first: columns[spread.column]!, last }),
    };
  }
  // A column named `items` or the like is a history only if it holds lists.
  const { history } = roles;
  if (
    history !== undefined &&
    spread === null &&
    !rows.some((row) => Array.isArray(row[history.column]) || /[\s,|]/.test(String(row[history.column])))
  ) {
    delete roles.history;
  }
  return roles;
}

/** A headerless table: numbers that are times, then user and item in the usual order. */
function unnamed(peek: Peek): Roles {
  const all = peek.columns.map((_, column) => column);
  // A few broken cells do not change the kind of a column.
  const time = all.find((column) => shareFitting(peek, column, ANY_TIME) >= MOSTLY);
  const mostly = (column: number, pattern: RegExp): boolean => shareFitting(peek, column, pattern) >= MOSTLY;
  const rating = all.find((column) => column >= 2 && mostly(column, /^(?:[0-5](?:\.\d+)?|10)$/));
  const ids = all.filter((column) => column !== time && column !== rating && mostly(column, /^\S{1,64}$/));
  // Pairs of words are a dictionary: IDs have digits in them, or a time beside them.
  if (time === undefined && !ids.some((column) => mostly(column, /\d/))) return {};
  const roles: Roles = {};
  const place = (role: Role, column: number | undefined, reason: string): void => {
    if (column !== undefined) roles[role] = { column, reason };
  };
  place('user', ids[0], t('the first column of ids'));
  place('item', ids[1], t('the second column of ids'));
  place('time', time, t('nearly all values look like times'));
  place('rating', rating, t('nearly all values lie between 0 and 10'));
  const texts = all.filter((column) => !ids.includes(column) && column !== time && column !== rating);
  if (ids.length === 1 && time === undefined && texts.length > 0 && columnFits(peek, ids[0]!, INTEGER)) {
    return {
      item: { column: ids[0]!, reason: t('the only column of ids') },
      title: { column: texts[0]!, reason: t('the first text') },
    };
  }
  place('title', texts[0], t('the first column of texts'));
  return roles;
}

/**
 * Columns of IDs, each of which has one ID of the item's column throughout and more than it: tracks, where the artist is taken for the item.
 * @param item the column of the item
 */
function moreSpecific({ columns, rows }: Peek, { column: item }: Guessed, used: ReadonlySet<number>): string[] {
  const items = new Set(rows.map((row) => idOf(row[item]))).size;
  return columns.filter((_, column) => {
    if (used.has(column)) return false;
    const owner = new Map<string, string>();
    for (const row of rows) {
      const id = idOf(row[column]);
      const own = idOf(row[item]);
      if (!/^\S{1,64}$/.test(id) || (owner.get(id) ?? own) !== own) return false;
      owner.set(id, own);
    }
    // A column without any repetition numbers the rows.
    return owner.size > items && owner.size < rows.length;
  });
}

function partOf(roles: Roles): Part {
  if (roles.user !== undefined && roles.candidates !== undefined && roles.time === undefined) return 'candidates';
  if (roles.user !== undefined && (roles.item !== undefined || roles.history !== undefined)) return 'events';
  if (roles.item !== undefined && ((roles.title ?? roles.description ?? roles.category) !== undefined || bringsVectors(roles)))
    return 'items';
  return roles.user !== undefined && roles.time === undefined ? 'users' : 'ignored';
}

const WHY: Readonly<Record<Part, string>> = {
  events: message('it has a user and an item in each row'),
  items: message('it has items and their texts, but no users'),
  candidates: message('it has lists of candidates for users'),
  orders: message('it has orders, and whose they are'),
  accounts: message('it has users and their other IDs'),
  users: message('it has users, but no items'),
  ignored: message('it has neither users with items nor items with texts'),
};

/** The name of a table of events that have queries. */
export const SEARCH_LOG = 'Search log';

export const table: Format = {
  name: 'Table',
  recognise(peek) {
    const { syntax } = peek;
    const headerless = syntax.kind === 'delimited' && !syntax.header;
    const roles = headerless ? unnamed(peek) : named(peek);
    const part = partOf(roles);
    const headed = part === 'events' && !headerless;
    const reviews = headed ? reviewTexts(peek, roles.item?.column) : [];
    const ofOrders = !headerless && roles.order !== undefined && roles.user !== undefined && roles.item === undefined;
    const timed = headed || ofOrders ? timeByValue(peek, roles) : roles.time;
    if (timed === undefined) delete roles.time;
    else roles.time = timed;
    const where = headed ? labelled(peek) : undefined;
    if (where === undefined) delete roles.request;
    // Its rows say themselves whose they are.
    if (part === 'events') delete roles.order;
    const kept = Object.fromEntries(
      Object.entries(roles).filter(([role, { column }]) => rolesOf(part).includes(role as Role) && !reviews.includes(column)),
    ) as Roles;
    const column = kept.time?.column;
    const values =
      column === undefined ? [] : peek.rows.map((row) => row[column]).filter((value) => value !== '' && value != null);
    const guess = guessTimeUnit(values, column === undefined ? '' : peek.columns[column]);
    const share = part === 'events' ? shareOf(baseName(peek)) : undefined;
    const width = kept.history === undefined || headerless ? undefined : spreadHistory(peek.columns)?.width;
    const padding = kept.history === undefined ? undefined : historyPadding(peek, kept.history, width);
    const specific =
      headerless && part === 'events' && kept.item !== undefined
        ? moreSpecific(peek, kept.item, new Set(Object.values(kept).map((guessed) => guessed.column)))
        : [];
    const recognition: Recognition = {
      format: kept.query !== undefined && part === 'events' ? SEARCH_LOG : this.name,
      part,
      reasons: [
        t(WHY[part]),
        ...reviews.map((column) => t('“{column}” is the review’s and is not read', { column: peek.columns[column]! })),
        ...(padding === undefined ? [] : [paddingReason(padding)]),
        ...(where === undefined ? [] : [t('rows are kept if “{column}” says yes', { column: peek.columns[where.column]! })]),
        ...(kept.request === undefined
          ? []
          : [t('the others were shown in the same “{column}”', { column: peek.columns[kept.request.column]! })]),
      ],
      roles: kept,
      ...(guess === null ? {} : { timeUnit: guess.unit }),
      ...(share === undefined ? {} : { share }),
      ...(where === undefined ? {} : { where }),
      ...(width === undefined ? {} : { historyWidth: width }),
      ...(padding === undefined ? {} : { padding }),
      ...(specific.length === 0
        ? {}
        : {
            doubts: [
              t(
                'Each ID of {others} has one of “{item}”, which is read as the item. Choose the most specific column that events are of.',
                {
                  others: specific.map((name) => `“${name}”`).join(', '),
                  item: peek.columns[kept.item!.column]!,
                },
              ),
            ],
          }),
    };
    return recognition;
  },
};
