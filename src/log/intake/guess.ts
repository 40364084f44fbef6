/** Sources → what they are and what their columns hold, with reasons; the user may change everything. */
import { message, t } from '../../words/words';
import type { Role, SourceMapping, TimeUnit } from '../../recipe/logRecipe';
import { guessTimeUnit, parseTime, timeProblem } from '../eventTime';
import { recognise } from '../formats';
import { baseName, type Recognition, type Yield } from '../formats/format';
import { matchHeader } from '../formats/header';
import { bringsVectors } from '../formats/roles';
import { headerSignature, type Remembered } from './headerSignature';
import { describeSyntax, type TextSyntax } from '../records/syntax';
import { withOrders } from './orderSources';
import { withItemColumns } from './itemColumns';
import { peek, type Peek } from '../records/peek';
import { readRecords } from '../records/readRecords';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import { emptyTally } from '../source/text';
import { LogError } from '../types';
import { CARD_FORMAT } from '../formats/datasetCard';
import { cardIn, withCards, type FoundCard } from './cards';

export interface SourceGuess {
  readonly mapping: SourceMapping;
  /** Why it was recognised as this format and part, in sentences. */
  readonly reasons: readonly string[];
  readonly roleReasons: Readonly<Partial<Record<Role, string>>>;
  readonly timeReason: string;
  /** What the user should check before using the log. */
  readonly doubts: readonly string[];
  /** Events below this rating do not express interest in the item. */
  readonly leastRating: number | null;
  /** Sources that are read in its place if they are present. */
  readonly yieldsTo: readonly Yield[];
  /** Values of the first records, by column. */
  readonly rows: readonly (readonly unknown[])[];
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Whether dates that could be read both ways include a day beyond 12 later on: `month-first`, `day-first`, or null for neither. */
async function settleDayOrder(source: Source, mapping: SourceMapping, column: number): Promise<TimeUnit | null> {
  let settled: TimeUnit | null = null;
  const { syntax, columns } = mapping;
  const sink = {
    record(row: (column: number) => unknown): 'stop' | undefined {
      const value = row(column);
      const monthFirst = !Number.isNaN(parseTime(value, 'month-first'));
      const dayFirst = !Number.isNaN(parseTime(value, 'day-first'));
      if (monthFirst === dayFirst) return undefined;
      settled = monthFirst ? 'month-first' : 'day-first';
      return 'stop';
    },
    problem: (): void => undefined,
  };
  await readRecords(source, { syntax, columns }, [column], sink, emptyTally());
  return settled;
}

/** The unit of the time column, from its values; the format's own if the values do not contradict it. */
async function settleTime(
  source: Source,
  mapping: SourceMapping,
  rows: Peek['rows'],
  known: TimeUnit | undefined,
): Promise<{ unit: TimeUnit; reason: string; doubt: string | null }> {
  const column = mapping.roles.time;
  if (column === undefined) return { unit: 'order', reason: t('there is no column of times'), doubt: null };
  const values = rows.map((row) => row[column]).filter(present);
  const guess = guessTimeUnit(values, mapping.columns[column]);
  if (guess === null) {
    const doubt =
      values.length === 0
        ? null
        : [
            t('None of the first times can be read, such as “{value}”.', { value: String(values[0]).slice(0, 30) }),
            timeProblem(values[0], 'seconds'),
          ]
            .filter((part) => part !== null)
            .join(' ');
    return { unit: known ?? 'seconds', reason: t('no value to go by'), doubt };
  }
  if (!guess.dayOrMonth) {
    const unit = known !== undefined && values.every((value) => !Number.isNaN(parseTime(value, known))) ? known : guess.unit;
    return { unit, reason: guess.reason, doubt: null };
  }
  const settled = await settleDayOrder(source, mapping, column);
  if (settled !== null)
    return { unit: settled, reason: t('a later value with a day above 12 settles which is day and which is month'), doubt: null };
  return {
    unit: guess.unit,
    reason: guess.reason,
    doubt: t('Day and month of the times cannot be told apart. Choose which comes first.'),
  };
}

function fromRecognition(seen: Peek, recognition: Recognition): SourceMapping {
  const roles: SourceMapping['roles'] = {};
  for (const [role, guessed] of Object.entries(recognition.roles)) roles[role as Role] = guessed.column;
  return {
    name: seen.name,
    format: recognition.format,
    part: recognition.part,
    syntax: recognition.syntax ?? seen.syntax,
    columns: [...(recognition.columns ?? seen.columns)],
    roles,
    timeUnit: recognition.timeUnit ?? 'order',
    share: recognition.share ?? null,
    ...(recognition.kind === undefined ? {} : { kind: recognition.kind }),
    ...(recognition.where === undefined ? {} : { where: recognition.where }),
    ...(recognition.historyWidth === undefined ? {} : { historyWidth: recognition.historyWidth }),
    ...(recognition.padding === undefined ? {} : { padding: recognition.padding }),
  };
}

function nameDoubts({ mapping }: { readonly mapping: SourceMapping }): string[] {
  if (mapping.syntax.kind === 'delimited' && !mapping.syntax.header) return [];
  return matchHeader(mapping.columns)
    .ambiguous.filter(({ role }) => mapping.roles[role] !== undefined)
    .map(
      ({ role, names }) =>
        `Two columns could hold the ${role}: ${names.map((name) => `“${name}”`).join(' and ')}. The first is used.`,
    );
}

/** @param syntax how the source is written, if the user said so */
export async function guessSource(source: Source, remembered: Remembered = {}, syntax?: TextSyntax): Promise<SourceGuess> {
  const first = await peek(source, syntax);
  const recognition = recognise(first);
  // The user sees what will be read.
  const seen =
    recognition.syntax !== undefined && recognition.syntax.kind !== first.syntax.kind
      ? await peek(source, recognition.syntax as TextSyntax)
      : first;
  let mapping = fromRecognition(seen, recognition);
  const reasons = [describeSyntax(mapping.syntax), ...recognition.reasons];
  const roleReasons: Partial<Record<Role, string>> = {};
  for (const [role, { reason }] of Object.entries(recognition.roles)) roleReasons[role as Role] = reason;
  const before = remembered[headerSignature(mapping) ?? ''];
  const time = await settleTime(source, mapping, seen.rows, recognition.timeUnit);
  mapping = { ...mapping, timeUnit: time.unit };
  if (before !== undefined) {
    mapping = { ...mapping, ...before };
    reasons.push(t('the columns are mapped as you did before for this header'));
  }
  const doubts = [...nameDoubts({ mapping }), ...(before === undefined ? (recognition.doubts ?? []) : [])];
  if (time.doubt !== null && before === undefined && mapping.part === 'events') doubts.push(time.doubt);
  return {
    mapping,
    reasons,
    roleReasons,
    timeReason: time.reason,
    doubts,
    leastRating: recognition.leastRating ?? null,
    yieldsTo: recognition.yieldsTo ?? [],
    rows: seen.rows,
  };
}

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
  return withRows(withItemColumns(withOrders(withoutYielding(withCards(guesses, cards)), settled), settled));
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
  const has = (...names: readonly string[]): boolean => names.every((name) => columns.includes(name));
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

/** Why the sources as recognised are not a log, if none has events; null if one has. */
export function missingEvents(guesses: readonly SourceGuess[]): LogError | null {
  if (guesses.some(({ mapping }) => mapping.part === 'events')) return null;
  const broken = guesses.find(isUnreadable);
  if (broken !== undefined) return refuse(broken.mapping.name, broken.reasons[0]!);
  const { mapping } = guesses.find((guess) => guess.mapping.part !== 'ignored') ?? guesses[0]!;
  const prompts = promptAdvice(mapping.columns);
  if (prompts !== null) return refuse(mapping.name, prompts);
  if (mapping.part === 'candidates')
    return refuse(
      mapping.name,
      t('These are candidate sets for an evaluation. Open the log that they belong to along with them.'),
    );
  const lines = guesses.find(({ mapping: { roles } }) => roles.order !== undefined && roles.item !== undefined)?.mapping;
  if (lines !== undefined) {
    const order = lines.columns[lines.roles.order!]!;
    return refuse(
      lines.name,
      t('Its rows are lines of orders (“{order}”), and no file says whose these are. Open the file of orders along with it.', {
        order,
      }),
    );
  }
  const named = mapping.columns.slice(0, 12).map((column) => `“${column}”`);
  const found = `${named.join(', ')}${mapping.columns.length > 12 ? ', …' : ''}`;
  return refuse(
    mapping.name,
    mapping.part === 'items'
      ? t(
          'It looks like an items file: it has items, but no users. Found: {found}. Open the events (user_id, item_id, timestamp) along with it, or rename its columns.',
          { found },
        )
      : t(
          'It has no columns recognised as users and items. Found: {found}. Open the events (user_id, item_id, timestamp) along with it, or rename its columns.',
          { found },
        ),
  );
}
