/** The saved runs as the page sees them; every change goes through here, and to the store in order. */
import { t } from '../../../words/words';
import { create } from '../store';
import type { RunRecord } from '../../../record/runRecord';
import { runMarksSchema, type RunEntry, type RunMarks, type SavedRun } from '../../../readings/runs/runEntry';
import { readLocal, useLocal, writeLocal } from '../kept/local';
import { openRunStore, type RunStore } from '../kept/runStore';
import { unlessSilent } from '../../../storage/silence';

export interface Runs {
  /** Oldest first. */
  readonly entries: readonly RunEntry[];
  readonly loaded: boolean;
  /** False where the browser stores nothing after the page is closed. */
  readonly lasting: boolean;
  /** The run in progress. */
  readonly live: string | null;
  /** The run with which the table compares the others, by ID. */
  readonly baseline: string | null;
  /** The runs that were deleted last, for Undo. */
  readonly removed: readonly SavedRun[];
  /** How many runs are in the file of all runs that is being made; null if none is. */
  readonly packed: number | null;
  /** What opening an archive restored, as a message for the user. */
  readonly restored: string | null;
  /** What went wrong with saving, as a message for the user. */
  readonly problem: string | null;
  /** Whether the run that ended last will be missing at the next visit. */
  readonly unkept: boolean;
}

const BASELINE = 'karma-baseline-run';

const EMPTY: Runs = {
  entries: [],
  loaded: false,
  lasting: true,
  live: null,
  baseline: readLocal(BASELINE),
  removed: [],
  packed: null,
  restored: null,
  problem: null,
  unkept: false,
};

export const useRuns = create<Runs>()(() => EMPTY);

let store: Promise<RunStore> | null = null;
/** Writes are sequential, so that an older state never overwrites a newer one. */
let writing: Promise<unknown> = Promise.resolve();

export function runStore(): Promise<RunStore> {
  store ??= openRunStore();
  return store;
}

/** The run that could not be saved, if `problem` is about one. */
let unsaved: string | null = null;

/** Whether a change is written, and is there at the next visit. */
type Written = 'lasting' | 'for this visit' | 'not';

/** @param run which run is saved, if one is */
function write(change: (store: RunStore) => Promise<void>, run: string | null = null): Promise<Written> {
  const written = writing.then(async (): Promise<Written> => {
    try {
      if (useLocal.getState().newer) throw new NewerError();
      const opened = await runStore();
      await change(opened);
      // There was no room for an earlier state of this run.
      if (run !== null && unsaved === run) {
        unsaved = null;
        useRuns.setState({ problem: null });
      }
      return opened.lasting ? 'lasting' : 'for this visit';
    } catch (error) {
      unsaved = run;
      useRuns.setState({ problem: problemText(error) });
      return 'not';
    }
  });
  writing = written;
  return written;
}

/** The stored data belong to a newer version. */
class NewerError extends Error {}

function problemText(error: unknown): string {
  if (error instanceof NewerError) return t('The last change was not saved: a newer version of this page has the saved runs.');
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return t('The browser has no space left: the last run was not saved. Save runs as files and delete what you do not need.');
  }
  return t('A run could not be saved ({error}). Export it as a file.', {
    error: error instanceof Error ? error.message : String(error),
  });
}

/** Reads what was saved on earlier visits. */
export async function loadRuns(): Promise<void> {
  try {
    const opened = await runStore();
    const { entries, unreadable } = await opened.list();
    const kept = new Map(entries.map((entry) => [entry.id, entry]));
    // A run that started meanwhile is newer than the store's.
    for (const entry of useRuns.getState().entries) kept.set(entry.id, entry);
    useRuns.setState({
      entries: inOrder([...kept.values()]),
      loaded: true,
      lasting: opened.lasting,
      problem:
        unreadable === 0 ? null : t('{n} saved runs are from another version of this page and are not shown.', { n: unreadable }),
    });
  } catch (error) {
    useRuns.setState({ loaded: true, lasting: false, problem: problemText(error) });
  }
}

function inOrder(entries: RunEntry[]): RunEntry[] {
  return entries.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0));
}

/**
 * Saves a run, or its new state, keeping the user's notes.
 * @returns whether it will be there at the next visit, once it is written
 */
export async function keepRun(entry: RunEntry, record: RunRecord): Promise<boolean> {
  const known = entryOf(entry.id);
  const notes = known ? runMarksSchema.parse(known) : { colour: entry.colour || nextColour() };
  return (await put({ ...entry, ...notes }, record)) === 'lasting';
}

function entryOf(id: string): RunEntry | undefined {
  return useRuns.getState().entries.find((one) => one.id === id);
}

function put(kept: RunEntry, record: RunRecord): Promise<Written> {
  const known = entryOf(kept.id);
  useRuns.setState(({ entries }) => ({ entries: inOrder([...entries.filter(({ id }) => id !== kept.id), kept]) }));
  return write(async (opened) => {
    // A run that another tab began may have notes that this one has not read.
    const stored = known ? null : await opened.entry(kept.id);
    if (stored) markRun(kept.id, runMarksSchema.parse(stored));
    await unlessSilent(opened.put(stored ? { ...kept, ...runMarksSchema.parse(stored) } : kept, record));
  }, kept.id);
}

/**
 * Saves a run from a file, unless it is already there; a finished one takes the place of the same run
 * unfinished.
 */
export function adoptRun(entry: RunEntry, record: RunRecord): void {
  if (isNews(entry)) void keepRun(entry, record);
}

function isNews({ id, status }: RunEntry): boolean {
  const known = entryOf(id);
  return known === undefined || (status === 'finished' && known.status !== 'finished' && useRuns.getState().live !== id);
}

/**
 * The same of a run that was saved with all others, as it was then.
 * @returns whether it was written; a run that could not be is not in the table
 */
export async function restoreRun(entry: RunEntry, record: RunRecord): Promise<'there' | 'restored' | 'unwritten'> {
  if (!isNews(entry)) return 'there';
  const known = entryOf(entry.id);
  if ((await put(known ? { ...entry, ...runMarksSchema.parse(known) } : entry, record)) !== 'not') return 'restored';
  useRuns.setState(({ entries }) => ({
    entries: known ? entries.map((one) => (one.id === known.id ? known : one)) : entries.filter(({ id }) => id !== entry.id),
  }));
  return 'unwritten';
}

/** Runs take colours in turn. */
function nextColour(): number {
  const used = useRuns.getState().entries;
  return used.length === 0 ? 0 : used.at(-1)!.colour + 1;
}

export function markRun(id: string, marks: Partial<RunMarks>): void {
  const entry = useRuns.getState().entries.find((one) => one.id === id);
  if (!entry) return;
  const marked: RunEntry = { ...entry, ...marks };
  useRuns.setState(({ entries }) => ({ entries: entries.map((one) => (one.id === id ? marked : one)) }));
  void write((opened) => opened.update(marked));
}

/** On this device, until another one is chosen. @param id null for none */
export function setBaseline(id: string | null): void {
  useRuns.setState({ baseline: id });
  writeLocal(BASELINE, id);
}

/** Removes runs; they can be restored until the next deletion. */
export async function deleteRuns(ids: readonly string[]): Promise<void> {
  const gone = new Set(ids);
  const removed = await withRecords(useRuns.getState().entries.filter(({ id }) => gone.has(id)));
  useRuns.setState(({ entries }) => ({ entries: entries.filter(({ id }) => !gone.has(id)), removed, restored: null }));
  await write(async (opened) => {
    for (const id of ids) await opened.delete(id);
  });
}

export function undoDelete(): void {
  const { removed } = useRuns.getState();
  useRuns.setState({ removed: [] });
  for (const { entry, record } of removed) void keepRun(entry, record);
}

/** The whole run, after pending writes. Null if this version cannot read it. */
export async function recordOf(id: string): Promise<RunRecord | null> {
  await writing;
  return (await runStore()).record(id);
}

/**
 * Whole runs, one after the other; null in place of a record that is gone, or that this version cannot read.
 */
export async function* recordsInTurn(
  entries: readonly RunEntry[],
): AsyncGenerator<{ readonly entry: RunEntry; readonly record: RunRecord | null }, void> {
  for (const entry of entries) yield { entry, record: await recordOf(entry.id) };
}

/** Whole runs; those that this version cannot read are left out. */
async function withRecords(entries: readonly RunEntry[]): Promise<SavedRun[]> {
  const runs: SavedRun[] = [];
  for await (const { entry, record } of recordsInTurn(entries)) if (record) runs.push({ entry, record });
  return runs;
}
