/** Files beside the events: which of them are events of the same log, and which are set aside and named. */
import { t } from '../../words/words';
import type { SourceMapping } from '../../recipe/logRecipe';
import { isConstant } from '../formats/columnValues';
import { baseName, shareOf } from '../formats/format';
import { table } from '../formats/generic';
import { normaliseName } from '../formats/header';
import { itemTexts, sequences } from '../formats/sequences';
import { readRecords } from '../records/readRecords';
import { entityId, idList, idOf } from '../records/values';
import type { Source } from '../source/source';
import { emptyTally } from '../source/text';
import type { SourceGuess } from './guessSource';

/** Words in the names of files that stand beside a log's events and are none. */
const BESIDE =
  /trust|friend|social|follow|edges|relation|impression|exposure|dislike|recommend|candidate|knowledge|to_?read|wish|submission|attribute|(?:^|[._-])(?:kg|tags?|links?|tips?|neg|negatives?|comments?|citations?|features?|shown|skip(?:s|ped)?|returns?|refunds?|hidden|blocked|removed|deleted|review-ratings)(?=[._-]|$)/;
/** Words in the names of files of events. */
const EVENTS = /inter|rating|event|behavio|click|log|transaction|play|listen|checkin|review|train|session|purchase|history|vote/;

/** Rows of the events that are read to know their users and items. */
const MOST_ROWS = 300_000;
/** Shares of the rows of another file whose users and items must be among these. */
const LEAST_USERS = 0.5;
const LEAST_ITEMS = 0.5;
/** The same of another part of a split, whose items may all be new. */
const LEAST_OF_PART = 0.1;

const headed = ({ syntax }: SourceMapping): boolean => syntax.kind !== 'delimited' || syntax.header;

/** How likely a source is the log's events. */
export function eventsLikelihood({ mapping, rows }: SourceGuess): number {
  const { roles, format, timeUnit } = mapping;
  const name = baseName(mapping);
  return (
    (roles.user === undefined ? 0 : 4) +
    (roles.item === undefined && roles.history === undefined && roles.impressions === undefined ? 0 : 3) +
    (timeUnit === 'order' ? 0 : 4) +
    (roles.rating === undefined ? 0 : 2) +
    (format === table.name ? 0 : 2) +
    (EVENTS.test(name) ? 3 : 0) -
    (BESIDE.test(name) ? 8 : 0) +
    Math.log10(1 + rows.length) / 2
  );
}

interface Ids {
  readonly users: Set<string>;
  readonly items: Set<string>;
}

function itemsOf(mapping: SourceMapping, cell: (column: number) => unknown): string[] {
  const { item, history } = mapping.roles;
  if (item !== undefined) return [entityId(cell(item))];
  return history === undefined ? [] : idList(cell(history), mapping.padding);
}

async function idsOf(source: Source, mapping: SourceMapping): Promise<Ids> {
  const ids: Ids = { users: new Set(), items: new Set() };
  let rows = 0;
  await readRecords(
    source,
    mapping,
    Object.values(mapping.roles),
    {
      record: (row) => {
        if (mapping.roles.user !== undefined) ids.users.add(entityId(row(mapping.roles.user)));
        for (const item of itemsOf(mapping, row)) ids.items.add(item);
        return ++rows < MOST_ROWS ? undefined : 'stop';
      },
      problem: () => undefined,
    },
    emptyTally(),
  );
  return ids;
}

/** Share of a source's first users, of its items among the items, and of its items among the users. */
function overlap(
  { mapping, rows }: SourceGuess,
  ids: Ids,
): { readonly users: number; readonly items: number; readonly itemsAsUsers: number } {
  const share = (values: readonly string[], of: Set<string>): number =>
    values.length === 0 ? 0 : values.filter((value) => of.has(value)).length / values.length;
  const users = rows.map((row) => entityId(row[mapping.roles.user ?? -1]));
  const items = rows.flatMap((row) => itemsOf(mapping, (column) => row[column]));
  return { users: share(users, ids.users), items: share(items, ids.items), itemsAsUsers: share(items, ids.users) };
}

function sameNames(a: SourceMapping, b: SourceMapping): boolean {
  const names = ({ columns }: SourceMapping): string => columns.map(normaliseName).sort().join();
  return headed(a) === headed(b) && a.syntax.kind === b.syntax.kind && names(a) === names(b);
}

/** Whether two sources are pieces of one table: their names differ in numbers alone. */
function isShard(a: SourceMapping, b: SourceMapping): boolean {
  const shape = (of: SourceMapping): string =>
    JSON.stringify([baseName(of).replaceAll(/\d+/g, '#'), of.syntax, of.columns, of.roles]);
  return shape(a) === shape(b);
}

/**
 * Why a source is set aside whose users and items are others than those of the main one; null if they are
 * not.
 */
async function whyNoOverlap(
  guess: SourceGuess,
  main: SourceGuess,
  ids: () => Promise<Ids>,
  parted: boolean,
): Promise<string | null> {
  const file = main.mapping.name;
  const found = overlap(guess, await ids());
  if (parted ? found.users < LEAST_OF_PART : found.users < LEAST_USERS || found.items < LEAST_ITEMS)
    return t('only {users} % of its first users and {items} % of its items are those of {file}', {
      users: Math.round(100 * found.users),
      items: Math.round(100 * found.items),
      file,
    });
  if (!parted && found.itemsAsUsers > found.items + 0.2) return t('its items are users of {file}', { file });
  return null;
}

/** Why a source is not read as events of the same log as the main one; null if it is. */
async function whyAside(guess: SourceGuess, main: SourceGuess, ids: () => Promise<Ids>): Promise<string | null> {
  const [own, other] = [guess.mapping, main.mapping];
  const { name } = other;
  const parted = own.share !== null && other.share !== null;
  const named = headed(own) && headed(other) && own.syntax.kind !== 'sequence' && own.syntax.kind !== 'json-map';
  if (own.format === other.format && ![table.name, sequences.name].includes(own.format) && own.format !== 'JSON maps')
    return null;
  if (BESIDE.test(baseName(own)) && !BESIDE.test(baseName(other)))
    return t('its name says that it is something else than the events of {file}', { file: name });
  // Parts of a split may be written in different ways: targets beside histories, or without times.
  if (parted && own.share !== other.share) return whyNoOverlap(guess, main, ids, true);
  if (own.timeUnit === 'order' && other.timeUnit !== 'order') return t('it has no times, and {file} has', { file: name });
  if (isShard(own, other) || (named && sameNames(own, other))) return null;
  if (named && own.format === other.format)
    return t('its columns are others than those of {file}, so it is of another kind', { file: name });
  if (other.roles.rating !== undefined && own.roles.rating === undefined)
    return t('it has no ratings, and {file} has', { file: name });
  const rated = (of: SourceGuess): boolean => of.mapping.roles.rating !== undefined && !isConstant(of, of.mapping.roles.rating);
  const last = own.columns.length - 1;
  if (!headed(own) && last > 1 && isConstant(guess, last) && rated(main))
    return t('its last column is always the same, unlike that of {file}', { file: name });
  return whyNoOverlap(guess, main, ids, parted);
}

/** Files of targets beside histories: `user item` is a history of one. */
function asHistories(guesses: readonly SourceGuess[]): SourceGuess[] {
  const histories = guesses.find(({ mapping: { syntax } }) => syntax.kind === 'sequence' && syntax.first === undefined)?.mapping
    .syntax;
  if (histories?.kind !== 'sequence') return [...guesses];
  return guesses.map((guess) => {
    const { mapping, rows } = guess;
    const { syntax } = mapping;
    const share = shareOf(baseName(mapping));
    const lines =
      (syntax.kind === 'delimited' && !syntax.header && syntax.delimiter === histories.delimiter) ||
      mapping.format === itemTexts.name;
    const ids = rows.every((row) => row.every((cell) => /^[\w-]*\d[\w-]*$/.test(idOf(cell).trim()) || Array.isArray(cell)));
    if (!lines || share === undefined || !ids) return guess;
    const reasons = [
      ...guess.reasons.slice(0, 1),
      t('each line has an ID, then the IDs of a history'),
      t('the name says it is the {share} part of a split', { share }),
    ];
    return {
      ...guess,
      reasons,
      mapping: {
        ...mapping,
        format: sequences.name,
        part: 'events',
        syntax: histories,
        columns: ['user', 'items'],
        roles: { user: 0, history: 1 },
        timeUnit: 'order',
        share,
      },
      rows: rows.map(([user, ...items]) => [user, items]),
    };
  });
}

/**
 * Sets sources aside that look like events and are not those of the log: a file proves that it is events
 * beside one that clearly is.
 * @param settled whether the user has said what a source is
 */
export async function withProof(
  guesses: readonly SourceGuess[],
  sources: readonly Source[],
  settled: (guess: SourceGuess) => boolean,
): Promise<SourceGuess[]> {
  const parted = asHistories(guesses);
  const events = parted.filter(({ mapping: { part, roles } }) => part === 'events' && roles.order === undefined);
  if (events.length < 2) return parted;
  const main = events.reduce((a, b) => (eventsLikelihood(b) > eventsLikelihood(a) ? b : a));
  let known: Promise<Ids> | null = null;
  const ids = (): Promise<Ids> => (known ??= idsOf(sources[parted.indexOf(main)]!, main.mapping));
  return Promise.all(
    parted.map(async (guess) => {
      if (!events.includes(guess) || guess === main || settled(guess)) return guess;
      const reason = await whyAside(guess, main, ids);
      return reason === null
        ? guess
        : { ...guess, reasons: [...guess.reasons, reason], mapping: { ...guess.mapping, part: 'ignored', share: null } };
    }),
  );
}
