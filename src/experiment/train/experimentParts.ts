/** Parts of an experiment that only the training worker has: adapters, and the log. */
import type { ReadLog } from '../../log/readLog';
import { LogError } from '../../log/types';
import { writeLog } from '../../log/writeLog';
import type { AdapterFile } from '../../engine/peft/write';
import type { LogRecipe } from '../../recipe/logRecipe';
import { t } from '../../words/words';

export interface ExperimentParts {
  readonly adapters: readonly { readonly arm: string; readonly files: readonly AdapterFile[] }[];
  /** The log as files that read back into it, if requested. */
  readonly log: { readonly files: readonly File[]; readonly recipe: LogRecipe } | null;
  /** Why the log is missing although it was requested. */
  readonly problem: string | null;
}

/** @param read the requested log; null if none was requested, undefined if it is not open */
export async function experimentParts(
  adapters: ExperimentParts['adapters'],
  read: ReadLog | null | undefined,
): Promise<ExperimentParts> {
  if (read === null) return { adapters, log: null, problem: null };
  if (read === undefined)
    return { adapters, log: null, problem: t('The log is not open in this tab any more, so it is not in the archive.') };
  try {
    return { adapters, log: await writeLog(read), problem: null };
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    return { adapters, log: null, problem: error.message };
  }
}
