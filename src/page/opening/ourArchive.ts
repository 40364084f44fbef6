/** ZIP archives that the page writes and reads back: a manifest says what an archive is, and names the run records in it. */
import { zip } from 'fflate';
import type { ZodType } from 'zod';
import type { RunRecord } from '../../record/runRecord';
import { readAs, readRecord } from './readRecord';
import { ArchiveError, pathsIn, unzipFiles } from './unzipFiles';

/** What tells one kind of archive from the others. */
export interface ManifestKind<T> {
  readonly path: string;
  readonly schema: ZodType<T>;
}

export interface OurArchive<T> {
  readonly manifest: T;
  /** @throws ArchiveError where there is no such file */
  readonly contentOf: (path: string) => Uint8Array<ArrayBuffer>;
  /** @throws ArchiveError where there is no such file, or it is no run record */
  readonly recordAt: (path: string) => RunRecord;
}

/** Files by their paths as one deflated ZIP; texts in UTF-8. */
export function zipOurs(files: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const encoded = Object.entries(files).map(
    ([path, content]) => [path, typeof content === 'string' ? encoder.encode(content) : content] as const,
  );
  return new Promise((resolve, reject) => {
    zip(Object.fromEntries(encoded), { level: 6 }, (error, data) => {
      if (error) reject(error);
      else resolve(new Uint8Array(data));
    });
  });
}

/** Whether a dropped file is an archive of this kind; anything else may be a log. */
export async function isArchiveOf(file: File, { path }: ManifestKind<unknown>): Promise<boolean> {
  return (await pathsIn(file)).includes(path);
}

/**
 * @param wanted which paths are unpacked
 * @throws ArchiveError where the archive is damaged, or its manifest is missing or cannot be read
 */
export async function openOurs<T>(
  name: string,
  bytes: Uint8Array,
  kind: ManifestKind<T>,
  wanted?: (path: string) => boolean,
): Promise<OurArchive<T>> {
  const files = await unzipFiles(name, bytes, wanted);
  const contentOf = (path: string): Uint8Array<ArrayBuffer> => {
    const content = files[path];
    if (!content) throw new ArchiveError(`${name} lacks ${path}, which ${kind.path} names.`);
    return new Uint8Array(content);
  };
  const unreadable = (path: string, reason: string): ArchiveError =>
    new ArchiveError(`${name}: ${path} cannot be read. ${reason}`);
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
