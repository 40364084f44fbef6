/**
 * The weights of a model folder: `model.safetensors`, or the shards that `model.safetensors.index.json`
 * names.
 */
import { t } from '../words/words';
import { z } from 'zod';
import { ModelError } from './modelError';
import {
  elementBytes,
  findFloatTensor,
  readSafetensorsHeader,
  toFloat32,
  type SafetensorsHeader,
  type TensorEntry,
} from './safetensors';
import { sha256Hex } from '../storage/sha256';
import { MissingFileError, readAll, unlessMissing, type ModelFile, type WeightFiles } from './source/modelSource';
import type { TensorSource } from './weightSource';
import { verbatim } from '../recipe/texts';

const WEIGHTS_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

const indexSchema = z.looseObject({ weight_map: z.record(verbatim(), verbatim().regex(/^[^/\\]+\.safetensors$/)) });

/** SHA-256, hex, of the lines `name hash` of a model's shards. */
export async function hashOfShards(files: readonly ModelFile[]): Promise<string> {
  const lines = [];
  for (const file of files) lines.push(`${file.name} ${await file.hash()}\n`);
  return sha256Hex(lines.join(''));
}

interface Shard {
  readonly file: ModelFile;
  readonly header: SafetensorsHeader;
}

export class Checkpoint implements WeightFiles {
  /** Synchronous `read`; undefined unless all files can be read synchronously. */
  readonly readNow?: NonNullable<TensorSource['readNow']>;

  private constructor(
    private readonly shards: readonly Shard[],
    /** Tensor → shard, from the index; null for a single file. */
    private readonly places: ReadonlyMap<string, Shard> | null,
  ) {
    if (shards.some(({ file }) => file.readNow === undefined)) return;
    this.readNow = (tensor, shape, begin, end) => {
      const { file, entry } = this.#find(tensor, shape);
      return toFloat32(file.readNow!(...rangeIn(entry, begin, end)), entry.dtype);
    };
  }

  /**
   * Fetches all weight files and reads their headers.
   * @param open fetches a file of the folder
   * @throws MissingFileError when there are no weights, ModelError when a file is damaged.
   */
  static async open(open: (file: string) => Promise<ModelFile>): Promise<Checkpoint> {
    const single = await unlessMissing(open(WEIGHTS_FILE), null);
    if (single !== null) return new Checkpoint([await openShard(single)], null);
    const index = await unlessMissing(open(INDEX_FILE), null);
    if (index === null) {
      throw new MissingFileError(
        t('{weights}, or {index} with its shards,', { weights: WEIGHTS_FILE, index: INDEX_FILE }),
        t('Use a model with safetensors weights; other formats are not read.'),
      );
    }
    const weightMap = readIndex(await readAll(index));
    const shards = new Map<string, Shard>();
    for (const name of [...new Set(Object.values(weightMap))].sort()) shards.set(name, await openShard(await open(name)));
    const places = Object.entries(weightMap).map(([tensor, name]) => [tensor, shards.get(name)!] as const);
    return new Checkpoint([...shards.values()], new Map(places));
  }

  /** Bytes of all weight files. */
  get bytes(): number {
    return this.shards.reduce((sum, { file }) => sum + file.bytes, 0);
  }

  hash(): Promise<string> {
    const files = this.shards.map(({ file }) => file);
    return this.places === null ? files[0]!.hash() : hashOfShards(files);
  }

  has(tensor: string): boolean {
    return this.places === null ? this.shards[0]!.header.tensors.has(tensor) : this.places.has(tensor);
  }

  /** @throws ModelError unless there is a tensor of that name and shape in a format that can be read. */
  check(tensor: string, shape: readonly number[]): void {
    this.#find(tensor, shape);
  }

  /**
   * Elements of a tensor as float32, row-major, read from its file.
   * @throws ModelError as `check`, and when the file is gone.
   */
  async read(tensor: string, shape: readonly number[], begin: number, end: number): Promise<Float32Array<ArrayBuffer>> {
    const { file, entry } = this.#find(tensor, shape);
    return toFloat32(await file.read(...rangeIn(entry, begin, end)), entry.dtype);
  }

  #find(tensor: string, shape: readonly number[]): { readonly file: ModelFile; readonly entry: TensorEntry } {
    const shard = this.places === null ? this.shards[0] : this.places.get(tensor);
    if (shard === undefined) {
      throw new ModelError(
        t('{index} names no file for tensor "{tensor}".', { index: INDEX_FILE, tensor }),
        t('Check that the file belongs to this config.json.'),
      );
    }
    return { file: shard.file, entry: findFloatTensor(shard.header, tensor, shape) };
  }
}

/** Bytes of a file that hold elements of a tensor. */
function rangeIn(entry: TensorEntry, begin: number, end: number): readonly [number, number] {
  const bytes = elementBytes(entry.dtype);
  return [entry.begin + bytes * begin, entry.begin + bytes * end];
}

async function openShard(file: ModelFile): Promise<Shard> {
  return { file, header: await readSafetensorsHeader(file) };
}

function readIndex(bytes: Uint8Array): Readonly<Record<string, string>> {
  try {
    return indexSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))).weight_map;
  } catch (cause) {
    throw new ModelError(
      t('{index} is not an index of safetensors shards.', { index: INDEX_FILE }),
      t('Download the model again.'),
      { cause },
    );
  }
}
