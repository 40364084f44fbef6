/** A source → what it is and what its columns hold, with reasons; the user may change everything. */
import { t } from '../../words/words';
import type { Role, SourceMapping, TimeUnit } from '../../recipe/logRecipe';
import { DateOrder, guessTimeUnit, parseTime, TIME_UNIT_NOTES, timeProblem } from '../eventTime';
import { recognise } from '../formats';
import type { Recognition, Yield } from '../formats/format';
import { matchHeader } from '../formats/header';
import { headerSignature, type Remembered } from './headerSignature';
import { describeSyntax, type TextSyntax } from '../records/syntax';
import { peek, type Peek } from '../records/peek';
import { readRecords } from '../records/readRecords';
import type { Source } from '../source/source';
import { emptyTally } from '../source/text';

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

/** The order of day, month and year of dates that could be read in several, from the whole file. */
async function settleDateOrder(
  source: Source,
  { syntax, columns }: SourceMapping,
  column: number,
  orders: readonly TimeUnit[],
): Promise<ReturnType<DateOrder['settled']>> {
  const dates = new DateOrder(orders);
  const sink = {
    record: (row: (column: number) => unknown) => (dates.take(row(column)) ? ('stop' as const) : undefined),
    problem: (): void => undefined,
  };
  await readRecords(source, { syntax, columns }, [column], sink, emptyTally());
  return dates.settled();
}

/** The unit of the time column, from its values; the format's own if the values do not contradict it. */
async function settleTime(
  source: Source,
  mapping: SourceMapping,
  rows: Peek['rows'],
  known: TimeUnit | undefined,
): Promise<{ unit: TimeUnit; reason: string; doubt: string | null }> {
  const column = mapping.roles.time;
  if (mapping.timeOf !== undefined && mapping.timeOf.length > 2)
    return { unit: 'date', reason: t('several columns together'), doubt: null };
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
  if (guess.dateOrders.length < 2) {
    const unit = known !== undefined && values.every((value) => !Number.isNaN(parseTime(value, known))) ? known : guess.unit;
    return { unit, reason: guess.reason, doubt: null };
  }
  const { order, sure } = await settleDateOrder(source, mapping, column, guess.dateOrders);
  const reason = t('values such as {value} read as {unit}', { value: String(values[0]), unit: t(TIME_UNIT_NOTES[order]) });
  if (sure) return { unit: order, reason, doubt: null };
  return {
    unit: order,
    reason,
    doubt: t('Day, month and year of the times cannot be told apart for certain. Choose their order.'),
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
    ...(recognition.timeOf === undefined ? {} : { timeOf: [...recognition.timeOf] }),
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
