/**
 * Folders on web servers: the page's own models, and models and datasets of hubs and mirrors with the Hugging
 * Face hub's layout.
 */
import { t } from '../../words/words';
import { z } from 'zod';
import { keepFile, readFile, type FileStore } from '../../storage/fileStore';
import { fetchFile } from './download';
import { refused } from './httpErrors';
import { MissingFileError, type ModelSource } from './modelSource';
import { singleLine, verbatim } from '../../recipe/texts';

/**
 * Files under `baseUrl`; a stored file is reused while the server says that it is unchanged, or cannot be
 * reached.
 */
export function httpSource(baseUrl: string, store: FileStore, group = baseUrl): ModelSource {
  const base = withSlash(baseUrl);
  return {
    open: (file, options) => fetchFile({ name: file, url: base + file, group, pinned: false }, store, options),
  };
}

export interface HubPlace {
  /** `organisation/name`. */
  readonly id: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Such as `https://huggingface.co`. */
  readonly baseUrl: string;
}

/** A repository on a hub. */
export interface HubFolder extends ModelSource {
  /** Its files with their sizes in bytes, null if unknown; null if the server does not list them. */
  readonly files: readonly { readonly path: string; readonly bytes: number | null }[] | null;
}

/**
 * A model at `{base}/{id}/resolve/{revision}/{file}`, or a dataset, at `{base}/datasets/{id}/resolve/…`. If
 * the server answers the hub's API (`{base}/api/models/{id}/revision/{revision}?blobs=true`, or `datasets`),
 * the revision is pinned to its commit, and lengths and SHA-256 are checked against its listing; a plain file
 * server needs none of this.
 * @throws ModelError as the server refuses; the signal's reason when aborted.
 */
export async function hubSource(
  { id, revision, baseUrl }: HubPlace,
  store: FileStore,
  signal?: AbortSignal,
  kind: 'models' | 'datasets' = 'models',
): Promise<HubFolder> {
  const base = withSlash(baseUrl);
  const path = kind === 'models' ? id : `datasets/${id}`;
  const group = revision === 'main' ? path : `${path}@${revision}`;
  const listing = await readListing(`${base}api/${kind}/${id}/revision/${encodeURIComponent(revision)}?blobs=true`, {
    store,
    group,
    signal,
  });
  const folder = `${base}${path}/resolve/${encodeURIComponent(listing?.sha ?? revision)}/`;
  const files = listing && new Map(listing.siblings.map((file) => [file.rfilename, file]));
  return {
    ...(listing && { version: listing.sha }),
    files: listing?.siblings.map(({ rfilename, size }) => ({ path: rfilename, bytes: size ?? null })) ?? null,
    open(file, options) {
      const listed = files?.get(file);
      if (files && !listed) {
        return Promise.reject(
          new MissingFileError(
            t('{file} of {id}', { file, id }),
            t('The repository has no such file; choose another one, or another revision.'),
          ),
        );
      }
      return fetchFile(
        {
          name: file,
          url: folder + file.split('/').map(encodeURIComponent).join('/'),
          group,
          pinned: listing !== null,
          ...(listed?.size != null && { bytes: listed.size }),
          ...(listed?.lfs != null && { hash: listed.lfs.sha256 }),
        },
        store,
        options,
      );
    },
  };
}

/** The parts of the hub's answer that are used. `lfs` is present only for large files. */
const listingSchema = z.object({
  sha: singleLine().min(1),
  siblings: z.array(
    z.object({
      rfilename: verbatim(),
      size: z.number().nullish(),
      lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).nullish(),
    }),
  ),
});
type Listing = z.infer<typeof listingSchema>;

interface ListingPlace {
  readonly store: FileStore;
  readonly group: string;
  readonly signal: AbortSignal | undefined;
}

/** The server's listing, or the stored one if the server cannot be reached; null if there is none. */
async function readListing(url: string, { store, group, signal }: ListingPlace): Promise<Listing | null> {
  let response: Response;
  try {
    response = await fetch(url, { cache: 'no-store', ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof TypeError)) throw error;
    const kept = await readFile(store, url);
    return kept && parseListing(kept);
  }
  // Here the hub says what is wrong with ID or revision; a file server merely has no API.
  if (!response.ok) {
    if (response.headers.has('x-error-code')) throw refused(url, response);
    return null;
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  const listing = parseListing(bytes);
  // If it cannot be stored, the model will not be found offline, which is no reason to fail.
  if (listing !== null) await keepFile(store, { key: url, group, version: listing.sha }, bytes);
  return listing;
}

function parseListing(bytes: Uint8Array): Listing | null {
  try {
    const parsed = listingSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // An index page, say.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
