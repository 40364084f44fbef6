/** From files to an interaction log in one call: docs/formats.md in code. */
import { t } from '../words/words';
import type { LogFilters, LogRecipe } from '../recipe/logRecipe';
import { findingsOf, type Finding } from './findings';
import { missingEvents } from './intake/guess';
import { defaultRecipe, finishLog, inspectFiles, PICTURES_ALONE, readIntake, survey, tablesIn } from './intake/intake';
import type { ReadProgress } from './intake/readSources';
import { storeReasons, type Dropped } from './intake/tally';
import { openSources } from './source/source';
import { LogError, type InteractionLog, type Split } from './types';

export interface ReadLog {
  readonly log: InteractionLog;
  readonly split: Split;
  /** How the files became the log. */
  readonly recipe: LogRecipe;
  /** Rows of events that are not in the log. Log events + Σ rows = rows of the files. */
  readonly dropped: readonly Dropped[];
  /** What the user should know. */
  readonly findings: readonly Finding[];
}

export interface ReadLogOptions {
  /** Name of the log; default: that of the file with the events. */
  readonly name?: string;
  /** How to read the files; default: as recognised. */
  readonly recipe?: LogRecipe;
  /** Filters that individually replace the recipe's. */
  readonly filters?: Partial<LogFilters>;
  readonly onProgress?: (progress: ReadProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads files in any of the known formats, together one log. Rows that cannot be used are counted under their
 * reason.
 * @throws LogError when the files are not a log, or nothing usable is left; `issues` name the first lines
 */
export async function readLog(files: readonly File[], options: ReadLogOptions = {}): Promise<ReadLog> {
  const { onProgress, signal } = options;
  const inspected = options.recipe === undefined ? await inspectFiles(files) : null;
  if (inspected?.sources.length === 0) throw new LogError(PICTURES_ALONE, []);
  const missing = inspected === null ? null : missingEvents(inspected.guesses);
  if (missing !== null) throw missing;
  const sources = inspected?.sources ?? tablesIn(await openSources(files)).tables;
  const mappings = options.recipe?.sources ?? inspected!.guesses.map(({ mapping }) => mapping);
  if (mappings.length !== sources.length) throw new LogError(t('The recipe was made for other files.'), []);
  const intake = await readIntake(sources, mappings, onProgress, { signal });
  const read = options.recipe ?? defaultRecipe(intake, inspected?.guesses);
  const recipe = { ...read, filters: { ...read.filters, ...options.filters } };
  const surveyed = survey(intake, recipe);
  const { log, split } = await finishLog(intake, recipe, surveyed);
  return {
    log: options.name === undefined ? log : { ...log, name: options.name },
    split,
    recipe,
    dropped: storeReasons(surveyed.leftOut),
    findings: findingsOf(intake, recipe, surveyed),
  };
}
