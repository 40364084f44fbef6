/** Files of the command line → a log, read as its options say; and what `--inspect` prints of it. */
import { totalmem } from 'node:os';
import { auditLog, type AuditFinding } from '../log/audit';
import { isProse } from '../log/formats/format';
import { SEARCH_LOG, table } from '../log/formats/generic';
import { isCard } from '../log/intake/cards';
import { findingsOf, type Finding } from '../log/findings';
import { storeReasons } from '../log/intake/tally';
import { missingEvents, UNREAD } from '../log/intake/guess';
import type { SourceGuess } from '../log/intake/guessSource';
import { guessOwnEvents } from '../log/intake/ownColumns';
import { defaultRecipe, finishLog, inspectFiles, readIntake, survey, type InspectedSources } from '../log/intake/intake';
import type { ReadLog } from '../log/readLog';
import { LogError } from '../log/types';
import { t } from '../words/words';
import type { LogFilters, LogRecipe, SourceMapping } from '../recipe/logRecipe';
import { withChoices, withMaps, type LogOptions } from './logOptions';
import { UsageError } from './usageError';

export interface LogFromDisk extends ReadLog {
  readonly inspected: InspectedSources;
  /** Number of rows read. */
  readonly rows: number;
}

/**
 * Whether a file may be ignored without a word: its format knows that it holds no part of a log (tags,
 * links), or its name says that it is prose.
 */
function mayBeIgnored(mapping: SourceMapping): boolean {
  return isCard(mapping) || isProse(mapping) || ![table.name, SEARCH_LOG, t(UNREAD)].includes(mapping.format);
}

/**
 * @param allowIgnored whether to ignore files that are neither events nor items
 * @throws LogError, UsageError
 */
export async function openLog(
  files: readonly File[],
  { maps, split, mapping, filters }: LogOptions & { readonly filters: Partial<LogFilters> },
  allowIgnored: boolean,
): Promise<LogFromDisk> {
  const inspected = await inspectFiles(files);
  const { sources, guesses } = inspected;
  if (mapping !== null && mapping.sources.length !== sources.length) {
    throw new UsageError(`--mapping was made for ${mapping.sources.length} files, and there are ${sources.length}.`);
  }
  const mappings = withMaps(mapping?.sources ?? guesses.map((guess) => guess.mapping), maps, (at) => guesses[at]?.rows ?? []);
  const ignored = mappings.filter((mapping) => mapping.part === 'ignored' && !mayBeIgnored(mapping)).map(({ name }) => name);
  const missing = mappings.some(({ part }) => part === 'events') ? null : missingEvents(guesses);
  if (missing !== null) {
    const own = guessOwnEvents(guesses)?.mapping;
    const map = (role: 'user' | 'item'): string =>
      own === undefined ? `--map FILE:${role}=COLUMN` : `--map "${own.name}:${role}=${own.columns[own.roles[role]!]!}"`;
    throw new LogError(`${missing.message} Say which columns hold them: ${map('user')} ${map('item')}.`, []);
  }
  if (ignored.length > 0 && !allowIgnored) {
    const why = guesses.find(({ mapping: { name } }) => name === ignored[0])?.reasons.at(-1) ?? '';
    throw new LogError(
      `${ignored.join(', ')}: not read (${why}). Leave it out, say with --map ${ignored[0]!}:part=items what it is, or pass --allow-ignored.`,
      [],
    );
  }
  const intake = await readIntake(sources, mappings, undefined, { memory: totalmem() / 2 });
  const suggested = defaultRecipe(intake, guesses);
  const recipe: LogRecipe = withChoices(mapping === null ? suggested : { ...mapping, sources: [...mappings] }, filters, split);
  const surveyed = survey(intake, recipe);
  const findings = findingsOf(intake, recipe, surveyed);
  const { log, split: parts } = await finishLog(intake, recipe, surveyed).catch((error: unknown) => {
    if (!(error instanceof LogError)) throw error;
    // What was noticed on the way is often the cause.
    const warnings = findings.filter(({ level }) => level === 'warning').map((one) => `\n  ${findingLine(one)}`);
    throw new LogError(`${error.message}${warnings.join('')}`, error.issues);
  });
  return { log, split: parts, recipe, dropped: storeReasons(surveyed.leftOut), findings, inspected, rows: surveyed.read };
}

function findingLine({ level, message, done, first, example }: Finding): string {
  const places = [...first.map(({ file, line }) => `${file}:${line}`), ...(example === '' ? [] : [example])].join(' ');
  return `${level.padEnd(8)}${message}: ${done}${places === '' ? '' : ` (${places})`}`;
}

/** What was left out, one line per reason. */
export function droppedLines({ dropped }: Pick<ReadLog, 'dropped'>): string[] {
  return dropped.map(({ reason, rows }) => `  ${rows.toLocaleString('en')} left out: ${reason}`);
}

/** The files that were ignored, on one line; none if all were read. */
export function ignoredLines({ recipe }: Pick<LogFromDisk, 'recipe'>): string[] {
  const names = recipe.sources.filter(({ part }) => part === 'ignored').map(({ name }) => name);
  return names.length === 0 ? [] : [`  ignored: ${names.join(', ')}`];
}

/** What makes results on this log and split invalid, a line per check. */
export function redLines(opened: Pick<LogFromDisk, 'log' | 'split' | 'recipe'>): string[] {
  return auditLog(opened).flatMap(({ level, message, advice }) =>
    level === 'red' ? [`  red: ${message}. ${advice}`.trimEnd()] : [],
  );
}

export interface Inspection {
  readonly name: string;
  readonly hash: string;
  readonly files: readonly {
    readonly name: string;
    readonly format: string;
    readonly part: string;
    readonly columns: Readonly<Record<string, string>>;
    readonly reasons: readonly string[];
    /** What should be checked before the log is used. */
    readonly doubts: readonly string[];
  }[];
  readonly rows: number;
  readonly events: number;
  readonly users: number;
  readonly items: number;
  readonly targets: { readonly train: number; readonly validation: number; readonly test: number };
  readonly dropped: ReadLog['dropped'];
  readonly findings: readonly Finding[];
  readonly audit: readonly AuditFinding[];
  readonly recipe: LogRecipe;
}

/** Why a source is what it is: as recognised, unless the command line says otherwise. */
function reasonsOf(guess: SourceGuess | undefined, { part }: SourceMapping): readonly string[] {
  if (guess === undefined || guess.mapping.part === part) return guess?.reasons ?? [];
  return [...guess.reasons.slice(0, 1), 'as the command line says'];
}

export function inspectionOf(opened: LogFromDisk): Inspection {
  const { log, split, recipe, inspected, dropped, findings, rows } = opened;
  return {
    name: log.name,
    hash: log.hash,
    files: recipe.sources.map((source, at) => ({
      name: source.name,
      format: source.format,
      part: source.part,
      columns: Object.fromEntries(Object.entries(source.roles).map(([role, column]) => [role, source.columns[column] ?? ''])),
      reasons: reasonsOf(inspected.guesses[at], source),
      doubts: inspected.guesses[at]?.doubts ?? [],
    })),
    rows,
    events: log.events.length,
    users: log.users.length,
    items: log.items.length,
    targets: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    dropped,
    findings,
    audit: auditLog(opened),
    recipe,
  };
}

/** The same as text. */
export function inspectionText(of: Inspection): string {
  const count = (number: number): string => number.toLocaleString('en');
  return [
    `${of.name} (SHA-256 ${of.hash})`,
    ...of.files.flatMap(({ name, format, part, columns, reasons, doubts }) => [
      `${name}: ${format}, ${part}`,
      ...Object.entries(columns).map(([role, column]) => `  ${role.padEnd(12)} ${column}`),
      ...reasons.map((reason) => `  ${reason}`),
      ...doubts.map((doubt) => `  check: ${doubt}`),
    ]),
    `${count(of.events)} of ${count(of.rows)} rows, ${count(of.users)} users, ${count(of.items)} items`,
    ...droppedLines(of),
    `split ${of.recipe.split.kind}: ${count(of.targets.train)} users to train on, ${count(of.targets.validation)} validation and ${count(of.targets.test)} test targets`,
    'findings',
    ...of.findings.map((one) => `  ${findingLine(one)}`),
    'audit',
    ...of.audit.map(({ level, message, advice, first }) => {
      const named = level === 'green' || first.length === 0 ? '' : ` [${first.join('; ')}]`;
      return `  ${level.padEnd(8)}${message}${advice === '' ? '' : `. ${advice}`}${named}`;
    }),
  ].join('\n');
}
