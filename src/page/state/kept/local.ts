/**
 * Small values that the browser stores between visits (localStorage), and whether it does: if storage is
 * forbidden, full or fails silently, they last for the visit.
 */
import { create } from '../store';

/** Whether everything written could be read back; what is not stored lasts until the page is closed. */
export const useLocal = create<Local>()(() => ({ keeps: true, newer: false }));

interface Local {
  readonly keeps: boolean;
  /** A newer version of the page stores data in this browser, which this tab leaves alone. */
  readonly newer: boolean;
}

/**
 * Raised when the format of localStorage, runs or grid changes, so that tabs of older versions do not
 * overwrite them.
 */
export const SCHEMA = 2;
const SCHEMA_KEY = 'karma-schema';

/** From now on this tab stores nothing. */
export function leaveToNewer(): void {
  useLocal.setState({ newer: true });
}

/**
 * Tells other tabs, and later visits, which schema this one uses, and listens for a newer one.
 * @returns a function that stops this
 */
export function joinSchema(): () => void {
  const known = Number(readLocal(SCHEMA_KEY) ?? 0);
  if (known > SCHEMA) leaveToNewer();
  else if (known < SCHEMA) writeLocal(SCHEMA_KEY, String(SCHEMA));
  const told = ({ key, newValue }: StorageEvent): void => {
    if (key === SCHEMA_KEY && Number(newValue ?? 0) > SCHEMA) leaveToNewer();
  };
  addEventListener('storage', told);
  return () => {
    removeEventListener('storage', told);
  };
}

/** Values that this page wrote but the browser did not store. */
const unkept = new Map<string, string | null>();

/** The value under a key; null if there is none. */
export function readLocal(key: string): string | null {
  const own = unkept.get(key);
  if (own !== undefined) return own;
  return tried(() => localStorage.getItem(key)) ?? null;
}

/** The JSON value under a key; null if there is none, or it is not JSON of that schema. */
export function readLocalJson(key: string): unknown {
  try {
    return JSON.parse(readLocal(key) ?? 'null');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** @param value null removes it @returns whether the browser stores it */
export function writeLocal(key: string, value: string | null): boolean {
  if (useLocal.getState().newer) {
    unkept.set(key, value);
    return false;
  }
  const kept = tried(() => {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return localStorage.getItem(key) === value;
  });
  if (kept === true) unkept.delete(key);
  else unkept.set(key, value);
  const keeps = kept === true && unkept.size === 0;
  if (useLocal.getState().keeps !== keeps) useLocal.setState({ keeps });
  return kept === true;
}

/**
 * Undefined if the browser has no such storage, or denies it: reading `localStorage` throws if a site may
 * store nothing.
 */
function tried<T>(use: () => T): T | undefined {
  try {
    return typeof localStorage === 'undefined' ? undefined : use();
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
