/** `--export-log FORMAT=FOLDER`: a log and its split as another program's files. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LOG_FORMATS, writeLogAs, type LogFormat } from '../log/exports';
import type { ReadLog } from '../log/readLog';
import { UsageError } from './usageError';

export interface ExportOption {
  readonly format: LogFormat;
  readonly folder: string;
}

/** @throws UsageError */
export function readExportOption(text: string): ExportOption {
  const [format = '', ...folder] = text.split('=');
  const known = LOG_FORMATS.find((one) => one === format);
  if (known === undefined || folder.join('=') === '') {
    throw new UsageError(`--export-log needs FORMAT=FOLDER with ${LOG_FORMATS.join(' or ')}, not ${text}.`);
  }
  return { format: known, folder: folder.join('=') };
}

/** @returns the names of the files. @throws LogError if the log cannot be written in that format */
export async function exportLog({ format, folder }: ExportOption, read: ReadLog): Promise<string[]> {
  const files = writeLogAs(format, read);
  await mkdir(folder, { recursive: true });
  for (const file of files) await writeFile(path.join(folder, file.name), new Uint8Array(await file.arrayBuffer()));
  return files.map(({ name }) => name);
}
