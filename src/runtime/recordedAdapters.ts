/** The adapters of a recorded run, as `npm run record` packs them: one folder an arm. */
import { unzipSync } from 'fflate';
import type { AdapterFiles } from '../experiment/startAdapter';
import { ModelError } from '../model/modelError';

/** @param bytes of the ZIP @returns files by arm. @throws ModelError where it is damaged */
export function recordedAdapters(bytes: Uint8Array): Map<string, AdapterFiles> {
  const arms = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();
  for (const [path, content] of Object.entries(unzipped(bytes))) {
    const [arm = '', name = ''] = path.split('/');
    arms.set(arm, (arms.get(arm) ?? new Map<string, Uint8Array<ArrayBuffer>>()).set(name, new Uint8Array(content)));
  }
  return arms;
}

function unzipped(bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes);
  } catch (cause) {
    throw new ModelError('The adapters of the recorded run are damaged.', 'Load the page again.', { cause });
  }
}
