/**
 * A copy of the built page as one ZIP, for a room without a network: every file of the build, as on the site,
 * with its hash checked.
 */
import { z } from 'zod';
import { sha256Hex } from '../../../storage/sha256';
import { zipFiles, type PiecedFile } from '../../../storage/zipWriter';
import { t } from '../../../words/words';
import { verbatim } from '../../../recipe/texts';

/** Written by tools/offlinePlugin.ts beside the build's own files. */
export const BUILD_LIST = 'files.json';
const FOLDER = 'karma-playground';

const listSchema = z.object({
  version: verbatim(),
  /** By path, the SHA-256 that its bytes may have: a server may send .gz files unpacked. */
  files: z.record(verbatim(), z.array(verbatim()).min(1)),
});

const READ_ME = `KARMA Playground: a copy that needs no network

1. Unpack this archive, on a USB stick or on a machine of the room.
2. In the folder ${FOLDER}:  python3 serve.py   (Windows: py serve.py)
3. Open http://localhost:8000 in the browser of the same machine.

Other machines of the room: start  python3 serve.py --lan  and open the address that it prints.
Browsers allow WebGPU, kept files and the offline copy of a page only over https or on localhost. Over plain http from another
machine, recorded runs and lessons work; training, and keeping progress of opened files, do not.
Opening index.html from a file manager does not work: browsers load no scripts of modules from files.
`;

export class CopyFailed extends Error {}

/**
 * @param base URL of the page's folder, with its slash
 * @throws CopyFailed if the site has no list of files or a file differs from the list; the signal's reason
 */
export async function offlineCopy(
  base: string,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const answer = await fetch(base + BUILD_LIST, { signal, cache: 'no-cache' }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new CopyFailed(
      t('The list of files could not be loaded: {reason}', {
        reason: error instanceof Error ? error.message : String(error),
      }),
    );
  });
  const list = answer.ok ? listSchema.safeParse(await answer.json().catch(() => null)) : null;
  if (!list?.success)
    throw new CopyFailed(t('This is not a built page: it has no list of its files. Build it with npm run build.'));
  const entries = Object.entries(list.data.files);
  const files: PiecedFile[] = [{ path: `${FOLDER}/READ ME.txt`, pieces: [new TextEncoder().encode(READ_ME)] }];
  for (const [done, [path, hashes]] of entries.entries()) {
    onProgress(done, entries.length);
    files.push({ path: `${FOLDER}/${path}`, pieces: [await load(base, path, hashes, signal)] });
  }
  onProgress(entries.length, entries.length);
  return zipFiles(files);
}

async function load(base: string, path: string, hashes: readonly string[], signal: AbortSignal): Promise<Uint8Array> {
  const answer = await fetch(base + path, { signal }).catch(() => null);
  signal.throwIfAborted();
  if (answer?.ok !== true) throw new CopyFailed(t('{path} could not be loaded. Try again with a network.', { path }));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  // Not with Web Crypto, which a copy served over plain HTTP lacks.
  if (!hashes.includes(sha256Hex(bytes)))
    throw new CopyFailed(t('{path} is not the file of this build. Reload the page, then try again.', { path }));
  return bytes;
}
