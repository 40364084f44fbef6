/** Memory of processes, as Linux counts it. */
import { readFileSync } from 'node:fs';

/**
 * Where each is in /proc: resident memory now and at its peak, of its own, and with what is shared divided by
 * those that share it.
 */
const FILES = { VmRSS: 'status', VmHWM: 'status', RssAnon: 'status', Pss: 'smaps_rollup' } as const;
type Field = keyof typeof FILES;

/** Bytes. @throws Error if the process has ended, or there is no /proc */
export function processBytes(id: number | string, field: Field): number {
  const text = readFileSync(`/proc/${id}/${FILES[field]}`, 'utf8');
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${id} has no ${field}`);
  return 1024 * Number(kilobytes);
}

/** The same for watching processes that may end; 0 then. */
export function bytesIfRunning(id: number | string, field: Field): number {
  try {
    return processBytes(id, field);
  } catch {
    return 0;
  }
}
