/**
 * A folder of the user's own into which every finished run is also written (File System Access API). The
 * browser gives the handle, which is kept beside the runs; it may ask for permission again on a later visit.
 * What could not be written is remembered, and written when that is possible.
 */
import { create } from '../store';
import { message, t } from '../../../words/words';
import type { RunRecord } from '../../../record/runRecord';
import { keptFileName, type RunEntry } from '../../../readings/runs/runEntry';
import { recordOf, runStore, useRuns } from './runsState';

/** What this needs of a `FileSystemDirectoryHandle`, with the permissions that TypeScript's library lacks. */
export interface RunFolder {
  readonly name: string;
  readonly getFileHandle: (name: string, options: { readonly create: true }) => Promise<WritableFile>;
  readonly queryPermission: (mode: { readonly mode: 'readwrite' }) => Promise<PermissionState>;
  readonly requestPermission: (mode: { readonly mode: 'readwrite' }) => Promise<PermissionState>;
}

interface WritableFile {
  readonly createWritable: () => Promise<{
    readonly write: (content: Blob) => Promise<void>;
    readonly close: () => Promise<void>;
    readonly abort: () => Promise<void>;
  }>;
}

interface FolderState {
  /** Null if there is none. */
  readonly folder: RunFolder | null;
  /** IDs of finished runs that are not in it, though they should be. */
  readonly unwritten: readonly string[];
  /** Why the last run was not written, or no folder was taken, as a message for the user. */
  readonly problem: string | null;
}

const NONE: FolderState = { folder: null, unwritten: [], problem: null };

export const useRunFolder = create<FolderState>()(() => NONE);

const DOCUMENT = 'folder';
const WRITING = { mode: 'readwrite' } as const;

/** Null where the browser has no such folders. */
function picker(): ((options: object) => Promise<RunFolder>) | null {
  return (globalThis as { showDirectoryPicker?: (options: object) => Promise<RunFolder> }).showDirectoryPicker ?? null;
}

export const NO_FOLDERS = message('This browser cannot write to a folder of yours; Chrome and Edge on a computer can');

export function hasFolders(): boolean {
  return picker() !== null;
}

/**
 * Whether the browser may be asked for permission at the start of a run; a question that was dismissed is not
 * asked again in this visit.
 */
let mayAsk = true;
/** Files are written one after the other. */
let working: Promise<void> = Promise.resolve();

function next(work: () => Promise<void>): Promise<void> {
  working = working.then(work).catch((error: unknown) => {
    useRunFolder.setState({ problem: reasonOf(error) });
  });
  return working;
}

function reasonOf(error: unknown): string {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotFoundError':
      return t('The folder is gone: it was deleted, renamed or moved, or its disk is not connected.');
    case 'NotAllowedError':
    case 'SecurityError':
      return t('The browser does not let this page write to it.');
    case 'QuotaExceededError':
      return t('The disk is full.');
    case 'NoModificationAllowedError':
    case 'InvalidStateError':
      return t('Another program has the file open, or the folder was changed meanwhile.');
    default:
      return t('The file could not be written ({error}).', { error: error instanceof Error ? error.message : String(error) });
  }
}

function isFolder(value: unknown): value is RunFolder {
  return typeof value === 'object' && value !== null && 'getFileHandle' in value && 'queryPermission' in value;
}

async function remember(): Promise<void> {
  const { folder, unwritten } = useRunFolder.getState();
  await (await runStore()).putDocument(DOCUMENT, folder === null ? null : { folder, unwritten });
}

/** Takes the folder of earlier visits, and writes what it lacks if the browser still allows that. */
export function loadRunFolder(): Promise<void> {
  return next(async () => {
    const kept = (await (await runStore()).document(DOCUMENT)) as Partial<FolderState> | null | undefined;
    if (!isFolder(kept?.folder) || useRunFolder.getState().folder !== null) return;
    const unwritten = Array.isArray(kept.unwritten) ? kept.unwritten.filter((id) => typeof id === 'string') : [];
    useRunFolder.setState({ folder: kept.folder, unwritten });
    if (unwritten.length > 0) await writeRest();
  });
}

/** Asks for a folder; in answer to a click. */
export async function chooseRunFolder(): Promise<void> {
  try {
    const folder = await picker()?.({ id: 'karma-runs', mode: 'readwrite' });
    if (folder === undefined) return;
    mayAsk = true;
    await next(async () => {
      useRunFolder.setState({ folder, problem: null });
      await remember();
      await writeRest();
    });
  } catch (error) {
    // The user closed the dialog.
    if (error instanceof DOMException && error.name === 'AbortError') return;
    useRunFolder.setState({ problem: reasonOf(error) });
  }
}

/** Writes no more runs; what is in the folder stays. */
export function leaveRunFolder(): Promise<void> {
  return next(async () => {
    useRunFolder.setState(NONE);
    await remember();
  });
}

/** Asks for permission again, and writes what is not there; in answer to a click. */
export async function tryFolderAgain(): Promise<void> {
  const { folder } = useRunFolder.getState();
  if (folder === null) return;
  try {
    await folder.requestPermission(WRITING);
  } catch (error) {
    useRunFolder.setState({ problem: reasonOf(error) });
    return;
  }
  await next(writeRest);
}

/**
 * At the start of a run, which a click usually is: the browser asks only then, and a finished run comes when
 * nobody looks.
 */
export async function askForFolder(): Promise<void> {
  const { folder } = useRunFolder.getState();
  if (folder === null || !mayAsk) return;
  try {
    if ((await folder.queryPermission(WRITING)) !== 'prompt') return;
    mayAsk = false;
    await folder.requestPermission(WRITING);
  } catch {
    // Not in answer to a click, or the folder is gone: the end of the run tells.
  }
}

/**
 * Writes a run that has just finished, if there is a folder. It need not be saved in the browser, which may
 * be full.
 */
export function writeFinished(entry: RunEntry, record: RunRecord): Promise<void> {
  if (useRunFolder.getState().folder === null) return Promise.resolve();
  return next(async () => {
    lacks([...useRunFolder.getState().unwritten, entry.id]);
    await remember();
    await writeRest({ entry, record });
  });
}

function lacks(ids: readonly string[]): void {
  useRunFolder.setState({ unwritten: [...new Set(ids)] });
}

/** Writes what is not in the folder, until one fails. @param last a run that is in memory */
async function writeRest(last?: { readonly entry: RunEntry; readonly record: RunRecord }): Promise<void> {
  const { folder, unwritten } = useRunFolder.getState();
  if (folder === null) return;
  let problem: string | null = null;
  try {
    if (unwritten.length > 0 && (await folder.queryPermission(WRITING)) !== 'granted')
      throw new DOMException('', 'NotAllowedError');
    for (const id of unwritten) {
      const entry = id === last?.entry.id ? last.entry : useRuns.getState().entries.find((one) => one.id === id);
      const record = id === last?.entry.id ? last.record : await recordOf(id);
      // Deleted meanwhile.
      if (entry && record) await writeRun(folder, entry, record);
      lacks(useRunFolder.getState().unwritten.filter((one) => one !== id));
    }
  } catch (error) {
    problem = reasonOf(error);
  }
  useRunFolder.setState({ problem });
  await remember();
}

/** The browser writes beside the file, and puts it in its place when it is whole. */
async function writeRun(folder: RunFolder, entry: RunEntry, record: RunRecord): Promise<void> {
  const file = await folder.getFileHandle(keptFileName(entry), { create: true });
  const writing = await file.createWritable();
  try {
    await writing.write(new Blob([JSON.stringify(record)], { type: 'application/json' }));
    await writing.close();
  } catch (error) {
    await writing.abort().catch(() => undefined);
    throw error;
  }
}
