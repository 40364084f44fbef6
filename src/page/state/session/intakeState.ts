/** The intake on the page: from files to a log. Written by the intake session; folding events is pure. */
import { create } from '../store';
import type { AuditFinding } from '../../../log/audit';
import type { Finding } from '../../../log/findings';
import type { RowItem } from '../../../log/intake/rowItems';
import type { KeptEvents, RawLogFacts } from '../../../log/intake/overview';
import { mappingProblem } from '../../../log/intake/readMappings';
import type { ReadProgress } from '../../../log/intake/readSources';
import type { SplitPreview } from '../../../log/intake/splitPreview';
import type { LogFilters, LogRecipe, SourceMapping, SplitRecipe } from '../../../recipe/logRecipe';
import { sameValue } from '../../../recipe/specPath';
import type { InspectedFiles, ReadFiles, Refusal, SeenSource, SurveyedSplit, SurveyPart } from '../../../runtime/intakeProtocol';

/** The steps in which everything can be changed, on request. */
export const STEPS = ['files', 'columns', 'report', 'filters', 'split', 'audit'] as const;
/** `check` comes first, and asks only whether the log was understood. */
export type IntakeStep = 'check' | (typeof STEPS)[number];

export interface IntakeState {
  readonly open: boolean;
  readonly step: IntakeStep;
  /** Names of the dropped files. */
  readonly files: readonly string[];
  /** What the worker is doing, other than answering what a recipe would keep. */
  readonly busy: 'downloading' | 'inspecting' | 'reading' | 'embedding' | 'handing-over' | null;
  readonly refusal: Refusal | null;
  readonly sources: readonly SeenSource[];
  readonly pictures: InspectedFiles['pictures'];
  /** Why the sources as recognised are not a log. */
  readonly missing: string | null;
  /** Name of the source whose columns were guessed from its first rows, as no column has a known name. */
  readonly guessed: string | null;
  /** As edited by the user. */
  readonly mappings: readonly SourceMapping[];
  /** The items of the first rows of a source that others follow, by its name. */
  readonly rowItems: Readonly<Record<string, readonly RowItem[]>>;
  readonly progress: ReadProgress | null;
  /** The mappings with which the files were read. */
  readonly readAs: readonly SourceMapping[] | null;
  readonly facts: RawLogFacts | null;
  readonly suggested: Pick<LogRecipe, 'filters' | 'split'> | null;
  readonly filters: LogFilters | null;
  readonly split: SplitRecipe | null;
  /** Whether the question what the recipe would keep has not been fully answered. */
  readonly pending: boolean;
  readonly kept: KeptEvents | null;
  readonly findings: readonly Finding[];
  readonly preview: SplitPreview | null;
  readonly audit: readonly AuditFinding[];
  /** The audit's finding, on request, about titles that the recipe's model knows by heart. */
  readonly knownTitles: AuditFinding | null;
  /** Why the log cannot be used with these filters and this split. */
  readonly problem: string | null;
  /** Name of the log that was made from these files and handed over. */
  readonly accepted: string | null;
}

export const EMPTY_INTAKE: IntakeState = {
  open: false,
  step: 'check',
  files: [],
  busy: null,
  refusal: null,
  sources: [],
  pictures: { files: 0, bytes: 0 },
  missing: null,
  guessed: null,
  mappings: [],
  rowItems: {},
  progress: null,
  readAs: null,
  facts: null,
  suggested: null,
  filters: null,
  split: null,
  pending: false,
  kept: null,
  findings: [],
  preview: null,
  audit: [],
  knownTitles: null,
  problem: null,
  accepted: null,
};

export const useIntake = create<IntakeState>()(() => EMPTY_INTAKE);

/**
 * What must be specified about the columns before the files can be read, by index of the source; empty if
 * nothing.
 */
export function mappingProblems({ mappings }: Pick<IntakeState, 'mappings'>): ReadonlyMap<number, string> {
  const problems = new Map<number, string>();
  mappings.forEach((mapping, at) => {
    const problem = mappingProblem(mapping, mappings);
    if (problem !== null) problems.set(at, problem);
  });
  return problems;
}

export function hasEvents({ mappings }: Pick<IntakeState, 'mappings'>): boolean {
  return mappings.some(({ part }) => part === 'events');
}

export function isReadable(intake: Pick<IntakeState, 'mappings'>): boolean {
  return hasEvents(intake) && mappingProblems(intake).size === 0;
}

/** Whether what was read matches the current mappings. */
export function isRead({ mappings, readAs }: Pick<IntakeState, 'mappings' | 'readAs'>): boolean {
  return readAs !== null && sameValue(mappings, readAs);
}

/** The recipe as edited by the user; null before the files have been read. */
export function recipeOf({ readAs, filters, split }: IntakeState): LogRecipe | null {
  return readAs === null || filters === null || split === null ? null : { sources: [...readAs], filters, split };
}

export function isUsable(intake: IntakeState): boolean {
  return isRead(intake) && intake.busy === null && !intake.pending && intake.problem === null;
}

/** Filters that the user chose are kept when the files are read again, if they still make sense. */
function keptFilters(intake: IntakeState, { facts, suggested }: Extract<IntakeEvent, { type: 'read' }>): LogFilters {
  const { filters } = intake;
  if (filters === null || sameValue(filters, intake.suggested?.filters)) return suggested.filters;
  const kinds = facts.kinds.map(({ name }) => name);
  return {
    ...filters,
    events: filters.events?.every((name) => kinds.includes(name)) === true ? filters.events : null,
    leastRating: facts.ratings === null ? null : filters.leastRating,
    ...(facts.times === null ? { from: null, to: null } : {}),
  };
}

function keptSplit(intake: IntakeState, { facts, suggested }: Extract<IntakeEvent, { type: 'read' }>): SplitRecipe {
  const { split } = intake;
  const gone = split?.kind === 'given' && !facts.givenSplit;
  return split === null || gone || sameValue(split, intake.suggested?.split) ? suggested.split : split;
}

/** Where the dialog opens: at the question if there is nothing to settle, else at what is to be settled. */
function firstStep(sources: readonly SeenSource[], mappings: readonly SourceMapping[], guessed: boolean): IntakeStep {
  if (!hasEvents({ mappings })) return 'files';
  return !guessed && sources.every(({ doubts }) => doubts.length === 0) && isReadable({ mappings }) ? 'check' : 'columns';
}

/** Events of the intake, from the worker's answers. */
export type IntakeEvent =
  | ({ readonly type: 'inspected' } & InspectedFiles)
  | { readonly type: 'looked-again'; readonly source: number; readonly seen: SeenSource }
  | { readonly type: 'row-items'; readonly leader: string; readonly items: readonly RowItem[] }
  | { readonly type: 'reading'; readonly progress: ReadProgress }
  | ({ readonly type: 'read' } & ReadFiles)
  | { readonly type: 'cancelled' }
  /** What the recipe would keep; three answers follow. */
  | { readonly type: 'asked' }
  | SurveyPart
  | ({ readonly type: 'split' } & SurveyedSplit)
  | { readonly type: 'handed-over'; readonly name: string }
  | ({ readonly type: 'refused' } & Refusal);

export function foldIntake(intake: IntakeState, event: IntakeEvent): IntakeState {
  switch (event.type) {
    case 'inspected': {
      const { guess } = event;
      // What the user leaves as guessed is remembered, too, so the source keeps the mapping that it was
      // recognised with.
      const sources = event.sources.map((seen, at) =>
        at === guess?.source ? { ...seen, roleReasons: guess.roleReasons, timeReason: guess.timeReason } : seen,
      );
      const mappings = sources.map(({ mapping }, at) => (at === guess?.source ? guess.mapping : mapping));
      const missing = guess === null ? event.missing : null;
      const step = firstStep(sources, mappings, guess !== null);
      return {
        ...intake,
        busy: null,
        sources,
        pictures: event.pictures,
        missing,
        guessed: guess?.mapping.name ?? null,
        mappings,
        step,
      };
    }
    case 'looked-again': {
      const replaced = <T>(list: readonly T[], value: T): T[] => list.map((one, at) => (at === event.source ? value : one));
      const mappings = replaced(intake.mappings, event.seen.mapping);
      return { ...intake, sources: replaced(intake.sources, event.seen), mappings, missing: null, guessed: null };
    }
    case 'row-items':
      return { ...intake, rowItems: { ...intake.rowItems, [event.leader]: event.items } };
    case 'reading':
      return { ...intake, progress: event.progress };
    case 'read':
      return {
        ...intake,
        busy: null,
        progress: null,
        readAs: event.suggested.sources,
        facts: event.facts,
        suggested: event.suggested,
        filters: keptFilters(intake, event),
        split: keptSplit(intake, event),
      };
    case 'cancelled':
      return { ...intake, busy: intake.busy === 'reading' ? null : intake.busy, progress: null };
    case 'asked':
      return { ...intake, pending: true, knownTitles: null };
    case 'kept':
      return { ...intake, kept: event.kept };
    case 'found':
      return { ...intake, findings: event.findings };
    case 'split':
      return { ...intake, pending: false, preview: event.split, audit: event.audit, problem: event.problem };
    case 'handed-over':
      return { ...intake, busy: null, open: false, accepted: event.name };
    case 'refused':
      return { ...intake, busy: null, progress: null, refusal: { message: event.message, issues: event.issues } };
  }
}
