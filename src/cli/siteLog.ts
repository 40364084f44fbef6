/** `--log online-retail`: the files of a log of the site, with its columns, filters and split. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ONLINE_RETAIL } from '../log/siteLogs';
import { readMappingFile, type LogOptions } from './logOptions';

type Named = Pick<LogOptions, 'mapping'> & { readonly log: readonly string[] };

/**
 * Options with the log's files in the place of its name, unless there is a file of that name.
 * @param root the repository's folder
 */
export async function withSiteLog<T extends Named>(options: T, root: string): Promise<T> {
  const { id, folder, file, recipe } = ONLINE_RETAIL;
  if (options.log.length !== 1 || options.log[0] !== id || existsSync(id)) return options;
  const [table, mapping] = [file, recipe].map((name) => path.join(root, 'public', folder, name)) as [string, string];
  return {
    ...options,
    log: [table],
    mapping: options.mapping ?? readMappingFile(mapping, await readFile(mapping, 'utf8')),
  };
}
