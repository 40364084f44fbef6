/** ZIP archives that the page writes and reads: a manifest says what an archive is, and names the run records in it. */
import type { ZodType } from 'zod';
import type { RunRecord } from '../record/runRecord';
import { compressed } from '../storage/bytes';
import { zipFiles } from '../storage/zipWriter';
import { readAs, readRecord } from './readRecord';
import { ArchiveError, pathsIn, unzipFiles } from './unzipFiles';
import { t } from '../words/words';

/** What distinguishes the kinds of archives. */
export interface ManifestKind<T> {
  readonly path: string;
  readonly schema: ZodType<T>;
}

export interface OurArchive<T> {
  readonly manifest: T;
  /** @throws ArchiveError if there is no such file */
  readonly contentOf: (path: string) => Uint8Array<ArrayBuffer>;
  /** @throws ArchiveError if there is no such file, or it is not a run record */
  readonly recordAt: (path: string) => RunRecord;
}

/** Files by their paths as one deflated ZIP; texts in UTF-8. The browser compresses outside the page's own thread. */
export async function zipOurs(files: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const packed = Object.entries(files).map(async ([path, content]) => {
    const bytes = new Uint8Array(typeof content === 'string' ? encoder.encode(content) : content);
    return { path, pieces: [bytes], deflated: await compressed(bytes, 'deflate-raw') };
  });
  return new Uint8Array(await zipFiles(await Promise.all(packed)).arrayBuffer());
}

/** Whether a dropped file is an archive of this kind; anything else may be a log. */
export async function isArchiveOf(file: File, { path }: ManifestKind<unknown>): Promise<boolean> {
  return (await pathsIn(file)).includes(path);
}

/**
 * @param wanted which paths to unpack
 * @throws ArchiveError if the archive is damaged, or its manifest is missing or cannot be read
 */
export async function openOurs<T>(
  name: string,
  archive: Blob,
  kind: ManifestKind<T>,
  wanted?: (path: string) => boolean,
): Promise<OurArchive<T>> {
  const files = await unzipFiles(name, archive, wanted);
  const contentOf = (path: string): Uint8Array<ArrayBuffer> => {
    const content = files.get(path);
    if (content === undefined)
      throw new ArchiveError(t('{name} lacks {path}, which {manifest} names.', { name, path, manifest: kind.path }));
    return content;
  };
  const unreadable = (path: string, reason: string): ArchiveError =>
    new ArchiveError(t('{name}: {path} cannot be read. {reason}', { name, path, reason }));
  const text = (path: string): string => new TextDecoder().decode(contentOf(path));
  const manifest = readAs(kind.schema, text(kind.path));
  if ('reason' in manifest) throw unreadable(kind.path, manifest.reason);
  return {
    manifest: manifest.value,
    contentOf,
    recordAt: (path) => {
      const read = readRecord(text(path));
      if (read.kind === 'unreadable') throw unreadable(path, read.reason);
      return read.record;
    },
  };
}
