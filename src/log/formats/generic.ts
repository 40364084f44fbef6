/** Any other table, by the names of its columns and by their values. */
import { message, t } from '../../words/words';
import type { SourcePart, Role, SourceMapping } from '../../recipe/logRecipe';
import { guessTimeUnit, isDateUnit } from '../eventTime';
import type { Peek } from '../records/peek';
import { HEADING } from '../records/readRecords';
import { idList, idOf } from '../records/values';
import {
  canBeId,
  canBeRating,
  filled,
  fineness,
  holdsClock,
  holdsHours,
  holdsLists,
  isConstant,
  looksLikeRating,
  looksLikeTime,
  MOSTLY,
  numbersRows,
  variesWithin,
} from './columnValues';
import { baseName, columnFits, INTEGER, shareFitting, shareOf, type Format, type Guessed, type Recognition } from './format';
import { columnsNamed, countsOwnEvents, matchHeader, normaliseName } from './header';
import { paddingOf, paddingReason } from './padding';
import { bringsVectors, columnRoles } from './roles';

type Roles = Partial<Record<Role, Guessed>>;

/** `hist_1` … `hist_50`, `item3`: names of the columns of one history, except for their numbers. */
const HISTORY_STEMS = new Set(
  'hist history histitem histitemid historyitem itemhist itemhistory seq sequence item itemid movie movieid clickhist clickhistory prev previtem'.split(
    ' ',
  ),
);
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

/**
 * Columns of 0 and 1, or −1, that say whether a row expresses interest; and those that say that it does not.
 */
const LABELS = 'label isclick clicked click clk isclicked ispositive islike liked target 标签 是否点击'.split(' ');
const TAKEN_BACK =
  'isdeleted deleted isremoved removed iscancelled iscanceled cancelled canceled isreturned returned isrefunded refunded'.split(
    ' ',
  );
const YES = ['1', '1.0', 'true', 'True', 'TRUE', 'yes', 'Yes'];
const NO = ['0', '0.0', 'false', 'False', 'FALSE', 'no', 'No', ''];

/** The row filter that a label implies. */
function labelled(peek: Peek): Recognition['where'] {
  const flag = /^(?:-1|[01]|-?[01]\.0|true|false|yes|no)$/i;
  const column = peek.columns.findIndex((name, at) => LABELS.includes(normaliseName(name)) && columnFits(peek, at, flag));
  if (column >= 0) return { column, values: YES };
  const back = peek.columns.findIndex((name) => TAKEN_BACK.includes(normaliseName(name)));
  return back >= 0 && shareFitting(peek, back, flag) === 1 ? { column: back, values: NO } : undefined;
}

const SCORES = ['rating', 'ratings', 'stars', 'overall', 'score'];

/**
 * Columns that hold what users wrote of an item, which would tell the model who is asked for: `text` and
 * `summary` beside a rating or a review's ID, unless the rows of every item repeat them; and titles,
 * categories and texts that vary within an item.
 */
function textsOfRows(peek: Peek, roles: Roles): number[] {
  const { columns, rows } = peek;
  const item = roles.item?.column ?? -1;
  const varying = (['title', 'category', 'description'] as const).flatMap((role) => {
    const column = roles[role]?.column;
    return column !== undefined && item >= 0 && variesWithin(peek, column, item) ? [column] : [];
  });
  const names = columns.map(normaliseName);
  if (!names.some((name) => SCORES.includes(name) || name.startsWith('review'))) return varying;
  const ofItem = (column: number): boolean => {
    const texts = new Map<string, unknown>();
    let repeated = 0;
    for (const row of rows) {
      const id = idOf(row[item]);
      if (!texts.has(id)) texts.set(id, row[column]);
      else if (texts.get(id) === row[column]) repeated++;
      else return false;
    }
    return repeated > 0 && new Set(texts.values()).size > 1;
  };
  return [
    ...varying,
    ...['text', 'summary'].map((name) => names.indexOf(name)).filter((column) => column >= 0 && !ofItem(column)),
  ];
}

const NO_EVENT_TIME = /birth|release|publi|regist|signup|joined|expir|session_?start|modif|updat/i;

/** Whether any value of a column is a time. */
function hasTime({ rows }: Peek, column: number): boolean {
  return rows.some((row) => guessTimeUnit([row[column]]) !== null);
}

/** The columns of times, the finest first; of equals those with a name, in the order of the names. */
function timeColumns(peek: Peek, taken: ReadonlySet<number>): number[] {
  const byName = columnsNamed(peek.columns, 'time').filter(
    (at) => !taken.has(at) && !countsOwnEvents(peek.columns[at]!) && !holdsClock(peek, at) && hasTime(peek, at),
  );
  const byValue = peek.columns.flatMap((name, at) =>
    taken.has(at) || byName.includes(at) || NO_EVENT_TIME.test(name) || !looksLikeTime(peek, at) ? [] : [at],
  );
  const sure = byName.filter((at) => looksLikeTime(peek, at));
  const all = [...(sure.length > 0 || byValue.length === 0 ? byName : []), ...byValue];
  return all.sort((a, b) => fineness(peek, b) - fineness(peek, a));
}

const PARTS_OF_TIME = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** Columns that are a time together: `date` and a time of day, or `date_year`, `date_month`, `date_day`, … */
function joinedTime(peek: Peek, roles: Roles): number[] | undefined {
  const names = peek.columns.map((name) => name.toLowerCase().replace(/^(?:date|time)[_ ]/, ''));
  const parts = PARTS_OF_TIME.map((part) => names.indexOf(part));
  const own = roles.time?.column;
  if (parts.slice(0, 3).every((at) => at >= 0) && (own === undefined || parts.includes(own)))
    return parts.filter((at) => at >= 0);
  const unit = own === undefined ? undefined : guessTimeUnit(filled(peek, own), peek.columns[own])?.unit;
  if (own === undefined || unit === undefined || !isDateUnit(unit) || fineness(peek, own) > 0) return undefined;
  const used = Object.values(roles).map(({ column }) => column);
  const clock = peek.columns.findIndex((_, at) => !used.includes(at) && (holdsClock(peek, at) || holdsHours(peek, at)));
  return clock < 0 ? undefined : [own, clock];
}

/** Words that a column of users starts with. */
const USER_NAME =
  /^(?:user|usr|member|cust|client|visitor|viewer|household|person|reader|listener|player|buyer|shopper|reviewer|cookie|device|uuid)/;
/** Endings of IDs, and what they may be of beside items. */
const ID_NAME = /(?:id|key|code|uri|no|number|asin|isbn|sku)$/;
const OTHER_ID =
  /user|member|customer|client|visitor|session|order|basket|review|rating|categ|cat(?:e|id)|brand|seller|store|shop|group|type|city|country|region|zip|post|device|tag|author|publisher|parent|request|impression|query|event|transaction|page|level|model|geo|channel|tail|head|relation|attribute|friend|campaign|status|profile|site|app|domain|ip|banner|discipline|industry|career/;

/** Columns of users and items that no known name tells. */
function byKindOfName(peek: Peek, roles: Roles): Roles {
  const free = (column: number): boolean =>
    !Object.values(roles).some((guessed) => guessed.column === column) && canBeId(peek, column) && !looksLikeTime(peek, column);
  const names = peek.columns.map((name) => normaliseName(name.replace(/^.*[./]/, '')));
  const found: Roles = {};
  const because = (column: number): Guessed => ({
    column,
    reason: t('the name “{column}” and its values', { column: peek.columns[column]! }),
  });
  if (roles.user === undefined) {
    const column = names.findIndex(
      (name, at) =>
        USER_NAME.test(name) &&
        /(?:^user|id|key|name|no|nr|number|code|hash|md\d)$/.test(name) &&
        free(at) &&
        !isConstant(peek, at),
    );
    if (column >= 0) found.user = because(column);
  }
  const user = found.user ?? roles.user;
  if (roles.item === undefined && (user !== undefined || roles.title !== undefined)) {
    const likely = names.flatMap((name, at) =>
      ID_NAME.test(name) && !OTHER_ID.test(name) && at !== user?.column && free(at) ? [at] : [],
    );
    const column = likely.find((at) => user === undefined || !numbersRows(peek, at));
    if (column !== undefined) found.item = because(column);
  }
  return found;
}

function named(peek: Peek): Roles {
  const { columns, rows } = peek;
  const roles: Roles = {};
  const fits = (role: Role, column: number): boolean =>
    role === 'user' || role === 'item'
      ? canBeId(peek, column) ||
        (role === 'item' && rows.length > 0 && holdsLists(peek, column) && filled(peek, column).every(Array.isArray))
      : role === 'rating'
        ? canBeRating(peek, column)
        : role !== 'subset' || shareFitting(peek, column, /^(?:train(?:ing)?|valid(?:ation)?|val|dev|test)$/i) >= MOSTLY;
  for (const [role, column] of Object.entries(matchHeader(columns, fits).roles) as [Role, number][]) {
    roles[role] = { column, reason: t('the name “{column}”', { column: columns[column]! }) };
  }
  // A number of the row is no item.
  if (
    roles.user !== undefined &&
    roles.item !== undefined &&
    normaliseName(columns[roles.item.column]!) === 'id' &&
    numbersRows(peek, roles.item.column)
  )
    delete roles.item;
  Object.assign(roles, byKindOfName(peek, roles));
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
  // A list of items is no item.
  if (
    roles.item !== undefined &&
    roles.history === undefined &&
    filled(peek, roles.item.column).length > 0 &&
    rows.every((row) => row[roles.item!.column] == null || Array.isArray(row[roles.item!.column]))
  ) {
    roles.history = roles.item;
    delete roles.item;
  }
  // A column named `items` or the like is a history only if it holds lists.
  const { history } = roles;
  if (
    history !== undefined &&
    spread === null &&
    !rows.some((row) => Array.isArray(row[history.column]) || /[\s,|;]/.test(String(row[history.column])))
  ) {
    delete roles.history;
  }
  return roles;
}

/** Columns from which a table without names is not guessed at. */
const MOST_UNNAMED = 12;

/** A headerless table: what its columns can be by their values, then user and item in the usual order. */
function unnamed(peek: Peek): Roles {
  const all = peek.columns.map((_, column) => column);
  if (all.length > MOST_UNNAMED) return {};
  const roles: Roles = {};
  const place = (role: Role, column: number | undefined, reason: string): void => {
    if (column !== undefined) roles[role] = { column, reason };
  };
  const mostly = (column: number, pattern: RegExp): boolean => shareFitting(peek, column, pattern) >= MOSTLY;
  const heading = peek.columns.indexOf(HEADING);
  // A few broken cells do not change the kind of a column.
  const time = all.find((column) => looksLikeTime(peek, column));
  const rating = all.find((column) => column >= (heading < 0 ? 2 : 1) && column !== heading && looksLikeRating(peek, column));
  const lists = all.filter((column) => column > 0 && holdsLists(peek, column));
  const ids = all.filter(
    (column) =>
      column !== time &&
      column !== rating &&
      !lists.includes(column) &&
      column !== heading &&
      mostly(column, /^\S{1,100}$/) &&
      canBeId(peek, column) &&
      (column === 0 || !isConstant(peek, column)),
  );
  const texts = all.filter(
    (column) =>
      !ids.includes(column) &&
      column !== time &&
      column !== rating &&
      !lists.includes(column) &&
      column !== heading &&
      shareFitting(peek, column, /\p{L}/u) >= MOSTLY,
  );
  // Behind an item, a list is of something else.
  const list = lists.find((column) => ids[1] === undefined || column < ids[1]);
  place('time', time, t('nearly all values look like times'));
  place('rating', rating, t('nearly all values lie between 0 and 10'));
  if (heading >= 0) {
    const ofUser = peek.syntax.kind === 'delimited' && peek.syntax.heading === '|';
    place(ofUser ? 'item' : 'user', ids[0], t('the first column of ids'));
    place(ofUser ? 'user' : 'item', heading, t('what heads each block of rows'));
    return roles;
  }
  // Pairs of words are a dictionary: IDs have digits in them, or a time beside them.
  if (time === undefined && !ids.some((column) => mostly(column, /\d/))) return {};
  const first = ids[0];
  if (first === undefined) return {};
  // Users come again; items with their texts do not.
  if (time === undefined && numbersRows(peek, first) && list === undefined && shareOf(baseName(peek)) === undefined) {
    const title = texts.find((column) => new Set(peek.rows.map((row) => row[column])).size >= 0.5 * peek.rows.length);
    if (title === undefined) return {};
    return {
      item: { column: first, reason: t('the only column of ids') },
      title: { column: title, reason: t('the first text') },
      ...(texts.length > 1 && { category: { column: texts.find((column) => column !== title)!, reason: t('the second text') } }),
    };
  }
  if (ids.length === 1 && time === undefined && list === undefined && texts.length > 0 && columnFits(peek, first, INTEGER)) {
    return {
      item: { column: first, reason: t('the only column of ids') },
      title: { column: texts[0]!, reason: t('the first text') },
    };
  }
  place('user', first, t('the first column of ids'));
  if (list !== undefined) place('history', list, t('nearly all values are lists of ids'));
  else place('item', ids[1], t('the second column of ids'));
  place('title', texts[0], t('the first column of texts'));
  const item = roles.item?.column;
  if (item !== undefined && texts[0] !== undefined && variesWithin(peek, texts[0], item)) delete roles.title;
  return roles;
}

/**
 * Columns of IDs, each of which has one ID of the item's column throughout and more than it: tracks, where
 * the artist is taken for the item.
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

function partOf(roles: Roles): SourcePart {
  if (roles.user !== undefined && roles.candidates !== undefined && roles.time === undefined) return 'candidates';
  if (roles.user !== undefined && (roles.item !== undefined || roles.history !== undefined)) return 'events';
  if (roles.item !== undefined && ((roles.title ?? roles.description ?? roles.category) !== undefined || bringsVectors(roles)))
    return 'items';
  return roles.user !== undefined && roles.time === undefined ? 'users' : 'ignored';
}

const WHY: Readonly<Record<SourcePart, string>> = {
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

/** Names of the columns of a table, with what the values of the first records say about them. */
function recogniseTable(peek: Peek, said: Roles): Recognition {
  const { syntax } = peek;
  const headerless = syntax.kind === 'delimited' && !syntax.header;
  const saidColumns = Object.values(said).map(({ column }) => column);
  const guessed = Object.entries(headerless ? unnamed(peek) : named(peek)).filter(
    ([, { column }]) => !saidColumns.includes(column),
  );
  const roles: Roles = { ...Object.fromEntries(guessed), ...said };
  const part = partOf(roles);
  const headed = part === 'events' && !headerless;
  const ofRows = headed ? textsOfRows(peek, roles) : [];
  const ofOrders = !headerless && roles.order !== undefined && roles.user !== undefined && roles.item === undefined;
  const counts =
    roles.time !== undefined &&
    countsOwnEvents(peek.columns[roles.time.column]!) &&
    columnFits(peek, roles.time.column, /^\d+(?:\.0+)?$/)
      ? roles.time
      : undefined;
  if ((headed || ofOrders) && said.time === undefined) {
    const taken = new Set(Object.entries(roles).flatMap(([role, { column }]) => (role === 'time' ? [] : [column])));
    const [column] = timeColumns(peek, taken);
    const byName = roles.time?.column === column && roles.time !== undefined;
    if (column === undefined) {
      if (
        counts === undefined &&
        roles.time !== undefined &&
        (countsOwnEvents(peek.columns[roles.time.column]!) || holdsClock(peek, roles.time.column))
      )
        delete roles.time;
    } else if (!byName) {
      const reason = columnsNamed(peek.columns, 'time').includes(column)
        ? t('the name “{column}”, and its times are the finest', { column: peek.columns[column]! })
        : t('all values of “{column}” look like times', { column: peek.columns[column]! });
      roles.time = { column, reason };
    }
  }
  const timeOf = headed && said.time === undefined ? joinedTime(peek, roles) : undefined;
  if (timeOf !== undefined)
    roles.time = {
      column: timeOf[0]!,
      reason: t('the columns {columns} together', { columns: timeOf.map((at) => `“${peek.columns[at]!}”`).join(', ') }),
    };
  // A table that is nothing yet may become events when its columns are named, and its label counts then.
  const where = headed || (!headerless && ['ignored', 'users'].includes(part)) ? labelled(peek) : undefined;
  if (where?.values !== YES) delete roles.request;
  // Its rows say themselves whose they are.
  if (part === 'events') delete roles.order;
  const kept = Object.fromEntries(
    Object.entries(roles).filter(
      ([role, { column }]) =>
        columnRoles(part).includes(role as Role) && !(ofRows.includes(column) && said[role as Role] === undefined),
    ),
  ) as Roles;
  const column = kept.time?.column;
  const values = column === undefined ? [] : filled(peek, column);
  const guess = guessTimeUnit(values, column === undefined ? '' : peek.columns[column]);
  const share = part === 'events' && kept.subset === undefined ? shareOf(baseName(peek)) : undefined;
  const width = kept.history === undefined || headerless ? undefined : spreadHistory(peek.columns)?.width;
  const padding = kept.history === undefined ? undefined : historyPadding(peek, kept.history, width);
  const specific =
    headerless && part === 'events' && kept.item !== undefined
      ? moreSpecific(peek, kept.item, new Set(Object.values(kept).map((guessed) => guessed.column)))
      : [];
  return {
    format: kept.query !== undefined && part === 'events' ? SEARCH_LOG : table.name,
    part,
    reasons: [
      t(WHY[part]),
      ...ofRows.map((at) => t('“{column}” is of the row, not of the item, and is not read', { column: peek.columns[at]! })),
      ...(padding === undefined ? [] : [paddingReason(padding)]),
      ...(where === undefined || !headed
        ? []
        : [
            where.values === NO
              ? t('rows are kept unless “{column}” says yes', { column: peek.columns[where.column]! })
              : t('rows are kept if “{column}” says yes', { column: peek.columns[where.column]! }),
          ]),
      ...(kept.request === undefined
        ? []
        : [t('the others were shown in the same “{column}”', { column: peek.columns[kept.request.column]! })]),
    ],
    roles: kept,
    ...(timeOf === undefined ? {} : { timeOf }),
    ...(timeOf !== undefined && timeOf.length > 2 ? { timeUnit: 'date' } : guess === null ? {} : { timeUnit: guess.unit }),
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
}

export const table: Format = {
  name: 'Table',
  recognise(peek) {
    return recogniseTable(peek, {});
  },
};

/**
 * A mapping whose columns a user has named, with what recognition finds beside them: the row filter of a
 * label, the time and its unit.
 * @param said the roles that the user has named, whose columns are in the mapping
 */
export function withColumnsFound(mapping: SourceMapping, rows: Peek['rows'], said: readonly Role[]): SourceMapping {
  const { name, syntax, columns } = mapping;
  const roles = Object.fromEntries(
    said.flatMap((role) => (mapping.roles[role] === undefined ? [] : [[role, { column: mapping.roles[role], reason: '' }]])),
  ) as Roles;
  const found = recogniseTable({ name, syntax, columns, rows }, roles);
  if (found.part !== 'events' || mapping.part !== 'events') return mapping;
  const own = Object.entries(found.roles).filter(
    ([role, { column }]) => mapping.roles[role as Role] === undefined && !Object.values(mapping.roles).includes(column),
  );
  const time = mapping.roles.time === undefined && !said.includes('time') ? found.roles.time : undefined;
  return {
    ...mapping,
    roles: {
      ...Object.fromEntries(
        own
          .filter(([role]) => role !== 'history' || mapping.roles.item === undefined)
          .map(([role, { column }]) => [role, column]),
      ),
      ...mapping.roles,
    },
    ...(mapping.where === undefined && found.where !== undefined ? { where: found.where } : {}),
    ...(time === undefined
      ? {}
      : { timeUnit: found.timeUnit ?? 'seconds', ...(found.timeOf === undefined ? {} : { timeOf: [...found.timeOf] }) }),
    share: mapping.share ?? found.share ?? null,
  };
}
