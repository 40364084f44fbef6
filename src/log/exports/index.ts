/** Logs with their split as other programs' files. */
import type { ReadLog } from '../readLog';
import { writeMiniOneRec } from './miniOneRec';
import { writeRecBole } from './recbole';

const WRITERS = { recbole: writeRecBole, minionerec: writeMiniOneRec } as const;
export type LogFormat = keyof typeof WRITERS;
export const LOG_FORMATS = Object.keys(WRITERS) as readonly LogFormat[];

/** @throws LogError if the log cannot be written in the format */
export function writeLogAs(format: LogFormat, read: Pick<ReadLog, 'log' | 'split'>): File[] {
  return WRITERS[format](read, read.log.name.replaceAll(/[^\w.-]+/g, '-'));
}
