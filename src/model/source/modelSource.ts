/** A model's folder, wherever it is: on a hub or another server, on disk, or dropped on the page. */
import { t } from '../../words/words';
import { ModelError } from '../modelError';
import { Sha256 } from '../../storage/sha256';
import type { TensorSource } from '../weightSource';

/** `cache`: nothing was downloaded (stored by the browser, or a local file). */
export type ByteOrigin = 'network' | 'cache';

export interface ByteProgress {
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  readonly origin: ByteOrigin;
  /** Whether the browser stores what arrives for the next visit; false when it has no room. */
  readonly kept: boolean;
}

export interface OpenOptions {
  readonly onBytes?: (progress: ByteProgress) => void;
  readonly signal?: AbortSignal;
  /**
   * Milliseconds before a broken download goes on, doubled with every further break; the default suits a
   * network.
   */
  readonly firstPause?: number;
}

/** A complete local file, read in ranges. */
export interface ModelFile {
  /** Name in the folder; used in error messages. */
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the file, hex. */
  hash(): Promise<string>;
  /**
   * Bytes `begin` ≤ i < `end`, in memory of their own.
   * @throws ModelError when the file can no longer be read.
   */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The file itself, if the browser holds all of it. */
  readonly blob?: Blob;
  /** The same as `read`, synchronously; only if that is possible. */
  readNow?(begin: number, end: number): Uint8Array<ArrayBuffer>;
}

/** A model's weight files, whatever their format. */
export interface WeightFiles extends TensorSource {
  /** Bytes of all files. */
  readonly bytes: number;
  /** SHA-256, hex, of the one file, or `hashOfShards`. */
  hash(): Promise<string>;
  /** @throws ModelError unless there is a tensor of that name and shape in a format that can be read. */
  check(tensor: string, shape: readonly number[]): void;
}

export interface ModelSource {
  /** The exact version that is read, such as a commit, if known. */
  readonly version?: string;
  /**
   * Fetches a file, such as `config.json`.
   * @throws MissingFileError when the folder has none of that name, ModelError when it cannot be fetched; the
   * signal's reason when aborted.
   */
  open(file: string, options?: OpenOptions): Promise<ModelFile>;
  /** The weights, if they are not in the folder's safetensors files. @throws ModelError */
  weights?(onBytes?: OpenOptions['onBytes']): Promise<WeightFiles>;
  /**
   * How a GGUF file stores a tensor, by ggml's name of the type; undefined if it has none.
   * @throws ModelError
   */
  typeOf?(): Promise<(tensor: string) => string | undefined>;
}

export class MissingFileError extends ModelError {
  constructor(where: string, advice: string, options?: ErrorOptions) {
    super(t('{where} could not be read: it does not exist.', { where }), advice, options);
    this.name = 'MissingFileError';
  }
}

/** A file whose bytes the browser holds, in memory or on disk. */
export function blobFile(name: string, blob: Blob, hash?: string): ModelFile {
  let known = hash === undefined ? undefined : Promise.resolve(hash);
  return {
    name,
    blob,
    bytes: blob.size,
    hash: () => (known ??= hashBlob(blob).then((hasher) => hasher.hex())),
    async read(begin, end) {
      try {
        return new Uint8Array(await blob.slice(begin, end).arrayBuffer());
      } catch (cause) {
        throw unreadableFile(name, cause);
      }
    },
    // Only in workers.
    ...(typeof FileReaderSync === 'function' && {
      readNow(begin, end) {
        try {
          return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(begin, end)));
        } catch (cause) {
          throw unreadableFile(name, cause);
        }
      },
    }),
  };
}

/** The error for a file that was there when the model was opened. */
export function unreadableFile(name: string, cause?: unknown): ModelError {
  return new ModelError(
    t('{name} can no longer be read.', { name }),
    t('It was moved, changed or deleted: open the model again.'),
    { cause },
  );
}

/** SHA-256 of a blob so far, read a piece at a time. */
export async function hashBlob(blob: Blob): Promise<Sha256> {
  const hasher = new Sha256();
  const reader = blob.stream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) hasher.update(next.value);
  return hasher;
}

/** The whole file. */
export function readAll(file: ModelFile): Promise<Uint8Array<ArrayBuffer>> {
  return file.read(0, file.bytes);
}

/** A whole file of a folder as parsed JSON. @throws ModelError as `open` does, and when it is not JSON. */
export async function readJson({ open }: Pick<ModelSource, 'open'>, file: string): Promise<unknown> {
  const bytes = await readAll(await open(file));
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelError(t('{file} is not valid JSON.', { file }), t('Download the model again.'), { cause });
  }
}

/** The result of `reading`, or `otherwise` if the folder has no such file. */
export async function unlessMissing<T, Other>(reading: Promise<T>, otherwise: Other): Promise<T | Other> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof MissingFileError) return otherwise;
    throw error;
  }
}
