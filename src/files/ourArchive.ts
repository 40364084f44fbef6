/**
 * ZIP archives that the page writes and reads: a manifest says what an archive is, and names the run records
 * in it.
 */
import type { ZodType } from 'zod';
import type { RunRecord } from '../record/runRecord';
import { compressed } from '../storage/bytes';
import { zipInTurn, type PiecedFile } from '../storage/zipWriter';
import { readAs, readRecord } from './readRecord';
import { ArchiveError, entriesIn, pathsIn, unzipEntry, unzipFiles } from './unzipFiles';
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

type Named = readonly [path: string, content: string | Uint8Array];

/**
 * Files by their paths as one deflated ZIP; texts in UTF-8. The browser compresses outside the page's own
 * thread.
 */
export async function zipOurs(files: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await zipOursInTurn(Object.entries(files))).arrayBuffer());
}

/** The same of more files than can be held: one at a time. */
export function zipOursInTurn(files: Iterable<Named> | AsyncIterable<Named>): Promise<Blob> {
  return zipInTurn(deflated(files));
}

async function* deflated(files: Iterable<Named> | AsyncIterable<Named>): AsyncGenerator<PiecedFile, void> {
  const encoder = new TextEncoder();
  for await (const [path, content] of files) {
    const bytes = new Uint8Array(typeof content === 'string' ? encoder.encode(content) : content);
    yield { path, pieces: [bytes], deflated: await compressed(bytes, 'deflate-raw') };
  }
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
  const contentOf = (path: string): Uint8Array<ArrayBuffer> => present(name, kind, path, files);
  return {
    manifest: manifestFrom(name, kind, contentOf(kind.path)),
    contentOf,
    recordAt: (path) => recordFrom(name, path, contentOf(path)),
  };
}

/**
 * The same of an archive that is larger than what can be held: each record is unpacked when it is asked for.
 */
export async function openOursInTurn<T>(
  name: string,
  archive: Blob,
  kind: ManifestKind<T>,
): Promise<{ readonly manifest: T; readonly recordAt: (path: string) => Promise<RunRecord> }> {
  const entries = await entriesIn(name, archive);
  const contentOf = (path: string): Promise<Uint8Array<ArrayBuffer>> => unzipEntry(name, present(name, kind, path, entries));
  return {
    manifest: manifestFrom(name, kind, await contentOf(kind.path)),
    recordAt: async (path) => recordFrom(name, path, await contentOf(path)),
  };
}

function present<V>(name: string, kind: ManifestKind<unknown>, path: string, files: ReadonlyMap<string, V>): V {
  const content = files.get(path);
  if (content === undefined)
    throw new ArchiveError(t('{name} lacks {path}, which {manifest} names.', { name, path, manifest: kind.path }));
  return content;
}

function manifestFrom<T>(name: string, { path, schema }: ManifestKind<T>, bytes: Uint8Array): T {
  const read = readAs(schema, new TextDecoder().decode(bytes));
  if ('reason' in read) throw unreadable(name, path, read.reason);
  return read.value;
}

function recordFrom(name: string, path: string, bytes: Uint8Array): RunRecord {
  const read = readRecord(new TextDecoder().decode(bytes));
  if (read.kind === 'unreadable') throw unreadable(name, path, read.reason);
  return read.record;
}

function unreadable(name: string, path: string, reason: string): ArchiveError {
  return new ArchiveError(t('{name}: {path} cannot be read. {reason}', { name, path, reason }));
}
