/** Which log a figure and a recipe belong to, if it is not the log that a run would use. Pure. */
import { SAMPLE_LOG } from '../log/sampleLog';
import { t } from '../words/words';

/** What is known about a log: files may be renamed, but the hash is of their content. */
export interface NamedLog {
  readonly id: string;
  readonly name: string;
  /** SHA-256, hex; null if unknown. */
  readonly hash: string | null;
}

/** The log that a recipe was made on: a link has only its hash. */
export interface WantedLog {
  readonly name: string | null;
  readonly hash: string | null;
}

export interface LogsOnPage {
  /** The log of the record that is shown. */
  readonly shown: NamedLog | null;
  /** The log that the recipe names. */
  readonly dataId: string;
  /** The log that was opened last. */
  readonly opened: NamedLog | null;
  /** The log of an opened recipe. */
  readonly wanted: WantedLog | null;
}

/** The log that a run would use. */
function logOfRecipe({ dataId, opened }: LogsOnPage): NamedLog {
  if (opened?.id === dataId) return opened;
  return { id: dataId, name: dataId === SAMPLE_LOG.id ? SAMPLE_LOG.name : dataId, hash: null };
}

/** Whether two are known to differ. */
function isOther(a: NamedLog, b: NamedLog): boolean {
  return a.hash !== null && b.hash !== null ? a.hash !== b.hash : a.id !== b.id;
}

function isOpen({ name, hash }: WantedLog, log: NamedLog): boolean {
  return hash !== null && log.hash !== null ? hash === log.hash : name === log.name;
}

/** `the log “shop” (SHA-256 …)`, in a sentence. */
function called({ name, hash }: WantedLog): string {
  const short = hash?.slice(0, 12) ?? '';
  if (name === null) return t('a log with SHA-256 {hash}…', { hash: short });
  return hash === null ? t('the log “{name}”', { name }) : t('the log “{name}” (SHA-256 {hash}…)', { name, hash: short });
}

/** Sentences to read before the figure; none if everything is of one log. */
export function logNotice(logs: LogsOnPage): readonly string[] {
  const { shown, wanted } = logs;
  const recipe = logOfRecipe(logs);
  const said: string[] = [];
  if (shown !== null && isOther(shown, recipe)) {
    said.push(
      t('This figure shows a run on {shown}. The recipe is set to “{name}”: a run would use that log.', {
        shown: called(shown),
        name: recipe.name,
      }),
    );
    if (shown.id !== SAMPLE_LOG.id && wanted === null)
      said.push(t('To train on “{name}”, open its files: their log must have the same SHA-256.', { name: shown.name }));
  }
  if (wanted !== null && !isOpen(wanted, recipe)) {
    said.push(
      t(
        'The recipe was made for {wanted}, which is not included. Open its files with the same columns, filters and split; until then a run uses “{name}”.',
        { wanted: called(wanted), name: recipe.name },
      ),
    );
  }
  return said;
}
