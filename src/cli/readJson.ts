import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/** A file of JSON, unpacked if its name ends in `.gz`. */
export async function readJsonFile(file: string): Promise<unknown> {
  const bytes = await readFile(file);
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
}
