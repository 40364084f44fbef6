/**
 * The transfer of a finished log from the intake worker to the training worker: columns are transferred, not
 * copied.
 */
import {
  buffersOf,
  columnsOfLog,
  columnsOfSplit,
  logOfColumns,
  splitOfColumns,
  type LogColumns,
  type SplitColumns,
} from '../log/logColumns';
import type { ReadLog } from '../log/readLog';

export interface PackedLog extends Omit<ReadLog, 'log' | 'split'> {
  readonly log: LogColumns;
  readonly split: SplitColumns;
}

/**
 * Messages on the port: an announcement that the log is coming, then the log, or null if there is none after
 * all.
 */
export type HandedOver = 'coming' | PackedLog | null;

/** The log must not be used on this side once `transfer` has been transferred. */
export function packLog({ log, split, ...more }: ReadLog): { readonly packed: PackedLog; readonly transfer: ArrayBuffer[] } {
  const packed = { log: columnsOfLog(log), split: columnsOfSplit(split), ...more };
  return { packed, transfer: buffersOf([packed.log, packed.split]) };
}

export function unpackLog({ log, split, ...more }: PackedLog): ReadLog {
  return { log: logOfColumns(log), split: splitOfColumns(split), ...more };
}
