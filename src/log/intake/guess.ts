/** The sources of a log → what they are, each by itself and beside the others. */
import { message, t } from '../../words/words';
import { CARD_FORMAT } from '../formats/datasetCard';
import type { SourceMapping } from '../../recipe/logRecipe';
import { baseName, isProse } from '../formats/format';
import { bringsVectors } from '../formats/roles';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import { LogError } from '../types';
import { cardIn, withCards, type FoundCard } from './cards';
import { guessSource, type SourceGuess } from './guessSource';
import { headerSignature, type Remembered } from './headerSignature';
import { withItemColumns } from './itemColumns';
import { withOrders } from './orderSources';
import { guessOwnColumns, guessOwnEvents } from './ownColumns';
import { eventsLikelihood, withProof } from './proof';

/** In place of the format of a source that cannot be read. */
export const UNREAD = message('not read');

/** Why a source cannot be read, if others of the same drop can. */
function unreadable(source: Source, error: LogError): SourceGuess {
  return leftAside(source, t(UNREAD), error.issues[0]?.message ?? error.message);
}

function leftAside(source: Source, format: string, reason: string): SourceGuess {
  return {
    mapping: {
      name: source.name,
      format,
      part: 'ignored',
      syntax: { kind: 'delimited', delimiter: ',', quoting: true, header: true },
      columns: [],
      roles: {},
      timeUnit: 'order',
      share: null,
    },
    reasons: [reason],
    roleReasons: {},
    timeReason: '',
    doubts: [],
    leastRating: null,
    yieldsTo: [],
    rows: [],
  };
}

/**
 * Recognises sources. A source that is not a table (a README in an archive) is ignored if another is one.
 * @throws LogError when none of them is a table
 */
export async function guessSources(sources: readonly Source[], remembered: Remembered = {}): Promise<SourceGuess[]> {
  const guesses: SourceGuess[] = [];
  const cards: FoundCard[] = [];
  const errors: LogError[] = [];
  for (const source of sources) {
    try {
      const card = sources.length > 1 ? await cardIn(source) : null;
      if (card === null) guesses.push(await guessSource(source, remembered));
      else {
        cards.push(card);
        guesses.push(leftAside(source, CARD_FORMAT, t('it says which files make which part of a split')));
      }
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      errors.push(error);
      guesses.push(unreadable(source, error));
    }
  }
  const [first] = errors;
  if (first !== undefined && errors.length === sources.length) throw first;
  if (sources.length === 0) throw new LogError(t('No file was given. Open a file with one line per event.'), []);
  const settled = ({ mapping }: SourceGuess): boolean => remembered[headerSignature(mapping) ?? ''] !== undefined;
  const proved = await withProof(withOrders(withoutYielding(withCards(guesses, cards)), settled), sources, settled);
  return withRows(withItemColumns(proved, settled));
}

/** Ignores sources in whose place another one is read. */
function withoutYielding(guesses: readonly SourceGuess[]): SourceGuess[] {
  const names = new Set(guesses.map(({ mapping }) => baseName(mapping)));
  return guesses.map((guess) => {
    const { yieldsTo, mapping } = guess;
    const other = yieldsTo.find(({ file }) => names.has(file));
    if (other === undefined) return guess;
    const reasons = [...guess.reasons, t(other.why, { file: other.file })];
    return { ...guess, reasons, mapping: { ...mapping, part: 'ignored', share: null } };
  });
}

/** The source that an array's rows follow: a list of IDs, else the items file. */
function leadingSource(guesses: readonly SourceGuess[], array: SourceGuess): SourceGuess | undefined {
  const others = guesses.filter((guess) => guess !== array);
  const named = (guess: SourceGuess): boolean => /ids?(?:[._-]|$)/.test(baseName(guess.mapping));
  const lists = others.filter(
    ({ mapping: { syntax, columns, roles } }) =>
      columns.length === 1 && (syntax.kind === 'npy' ? roles.item === 0 : syntax.kind === 'delimited'),
  );
  const isItems = ({ mapping: { part, roles } }: SourceGuess): boolean => part === 'items' && roles.item !== undefined;
  return lists.find(named) ?? lists[0] ?? others.find(isItems);
}

/** Arrays without IDs follow the rows of another source. */
function withRows(guesses: readonly SourceGuess[]): SourceGuess[] {
  const settled = [...guesses];
  guesses.forEach((array, index) => {
    const { mapping } = array;
    if (mapping.syntax.kind !== 'npy' || !bringsVectors(mapping.roles) || mapping.rowsOf !== undefined) return;
    const leading = leadingSource(guesses, array);
    if (leading === undefined) return;
    const { name } = leading.mapping;
    const reasons = [...array.reasons, t('its rows are those of {file}, in that order', { file: name })];
    settled[index] = { ...array, reasons, mapping: { ...mapping, rowsOf: name } };
    if (leading.mapping.part === 'items') return;
    settled[guesses.indexOf(leading)] = {
      ...leading,
      reasons: [...leading.reasons, t('one column: the ids of the rows of {file}', { file: mapping.name })],
      roleReasons: { item: t('the only column') },
      mapping: { ...leading.mapping, part: 'items', roles: { item: 0 } },
    };
  });
  return settled;
}

/** Files of prompts and answers have no IDs, so no log can be made from them. */
function promptAdvice(columns: readonly string[]): string | null {
  const has = (...names: readonly string[]): boolean =>
    names.every((name) => columns.some((column) => column.split('.', 1)[0] === name));
  const kind =
    has('messages') || has('conversations')
      ? 'chats'
      : has('instruction', 'output') || has('prompt', 'response')
        ? 'prompts'
        : null;
  return kind === null
    ? null
    : t(
        'These are {kind, select, chats {chats} other {prompts}} for fine-tuning, in which users and items are words of a text. Open the events that they were made from (user_id, item_id, timestamp).',
        { kind },
      );
}

function isUnreadable({ mapping }: SourceGuess): boolean {
  return mapping.columns.length === 0 && mapping.format !== CARD_FORMAT;
}

/** Why lines of orders cannot be read: no file says whose they are, or one might. */
function ownersMissing(lines: SourceMapping, guesses: readonly SourceGuess[]): LogError {
  const order = lines.columns[lines.roles.order!]!;
  for (const { mapping, rows } of guesses) {
    const { name, roles, columns } = mapping;
    if (mapping === lines || roles.order === undefined || roles.item !== undefined) continue;
    const user = guessOwnColumns({ columns, rows }, { order: roles.order }).user?.column;
    if (user === undefined) continue;
    return refuse(
      name,
      t('It has the orders of {lines}, but no known name says whose they are: “{column}” could. Rename it to user_id.', {
        lines: lines.name,
        column: columns[user]!,
      }),
    );
  }
  return refuse(
    lines.name,
    t('Its rows are lines of orders (“{order}”), and no file says whose these are. Open the file of orders along with it.', {
      order,
    }),
  );
}

/**
 * Why the sources as recognised are not a log, if none has events, of the file that is likeliest to have
 * them; null if one has.
 */
export function missingEvents(guesses: readonly SourceGuess[]): LogError | null {
  if (guesses.some(({ mapping }) => mapping.part === 'events')) return null;
  const { mapping } = guesses.reduce((a, b) => (eventsLikelihood(b) > eventsLikelihood(a) ? b : a));
  const prompts = promptAdvice(mapping.columns);
  if (prompts !== null) return refuse(mapping.name, prompts);
  const own = guessOwnEvents(guesses)?.mapping;
  if (own !== undefined)
    return refuse(
      own.name,
      t('It looks like the events, but no known name says which columns hold users and items: “{user}” and “{item}” could.', {
        user: own.columns[own.roles.user!]!,
        item: own.columns[own.roles.item!]!,
      }),
    );
  const lines = guesses.find(({ mapping: { roles } }) => roles.order !== undefined && roles.item !== undefined)?.mapping;
  if (lines !== undefined) return ownersMissing(lines, guesses);
  const broken = guesses.find((guess) => isUnreadable(guess) && !isProse(guess.mapping));
  if (broken !== undefined) return refuse(broken.mapping.name, broken.reasons[0]!);
  if (mapping.part === 'candidates')
    return refuse(
      mapping.name,
      t('These are candidate sets for an evaluation. Open the log that they belong to along with them.'),
    );
  const named = mapping.columns.slice(0, 12).map((column) => `“${column}”`);
  const found = `${named.join(', ')}${mapping.columns.length > 12 ? ', …' : ''}`;
  return refuse(
    mapping.name,
    mapping.part === 'items'
      ? t(
          'It looks like an items file: it has items, but no users. Found: {found}. Open the events (user_id, item_id, timestamp) along with it, or rename its columns.',
          { found },
        )
      : mapping.part === 'users'
        ? t(
            'It looks like a users file: it has users, but no items. Found: {found}. Open the events (user_id, item_id, timestamp) along with it, or rename its columns.',
            { found },
          )
        : t(
            'It has no columns recognised as users and items. Found: {found}. Open the events (user_id, item_id, timestamp) along with it, or rename its columns.',
            { found },
          ),
  );
}
