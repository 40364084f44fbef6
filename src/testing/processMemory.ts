/** Memory of processes, as Linux counts it. */
import { readFileSync } from 'node:fs';

/** Where each is in /proc: resident memory now and at its peak, of its own, and with what is shared divided by those that share it. */
const FILES = { VmRSS: 'status', VmHWM: 'status', RssAnon: 'status', Pss: 'smaps_rollup' } as const;

/** Bytes; 0 if the process has ended, or there is no /proc. */
export function processBytes(id: number | string, field: keyof typeof FILES): number {
  try {
    const text = readFileSync(`/proc/${id}/${FILES[field]}`, 'utf8');
    return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? '0');
  } catch {
    return 0;
  }
}
