/** `--export-log FORMAT=FOLDER`: a log and the split made here, as another program's files. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeMiniOneRec } from '../log/exports/miniOneRec';
import { writeRecBole } from '../log/exports/recbole';
import type { ReadLog } from '../log/readLog';
import { UsageError } from './usageError';

const WRITERS = { recbole: writeRecBole, minionerec: writeMiniOneRec } as const;
export type ExportFormat = keyof typeof WRITERS;

export interface ExportOption {
  readonly format: ExportFormat;
  readonly folder: string;
}

/** @throws UsageError */
export function readExportOption(text: string): ExportOption {
  const [format = '', ...folder] = text.split('=');
  if (!(format in WRITERS) || folder.join('=') === '') {
    throw new UsageError(`--export-log wants FORMAT=FOLDER with ${Object.keys(WRITERS).join(' or ')}, not ${text}.`);
  }
  return { format: format as ExportFormat, folder: folder.join('=') };
}

/** @returns the names of the files. @throws LogError where the log cannot be written so */
export async function exportLog({ format, folder }: ExportOption, read: ReadLog): Promise<string[]> {
  const files = WRITERS[format](read, read.log.name.replaceAll(/[^\w.-]+/g, '-'));
  await mkdir(folder, { recursive: true });
  for (const file of files) await writeFile(path.join(folder, file.name), new Uint8Array(await file.arrayBuffer()));
  return files.map(({ name }) => name);
}
