/** The adapters of a recorded run, as packed by `npm run record`: one folder per arm. */
import type { AdapterFiles } from '../experiment/train/startAdapter';
import { entrySource } from '../log/source/source';
import { listEntries } from '../log/source/zip';
import { ModelError } from '../model/modelError';
import { t } from '../words/words';

/** @param archive a ZIP @returns files by arm. @throws ModelError if it is damaged */
export async function recordedAdapters(archive: Blob): Promise<Map<string, AdapterFiles>> {
  const arms = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();
  try {
    for (const entry of await listEntries('adapters.zip', archive)) {
      const [arm = '', name = ''] = entry.path.split('/');
      const content = await new Response(entrySource('adapters.zip', entry).open()).arrayBuffer();
      arms.set(arm, (arms.get(arm) ?? new Map<string, Uint8Array<ArrayBuffer>>()).set(name, new Uint8Array(content)));
    }
  } catch (cause) {
    throw new ModelError(t('The adapters of the recorded run are damaged.'), t('Reload the page.'), { cause });
  }
  return arms;
}
