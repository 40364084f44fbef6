/**
 * The container of a GGUF model (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), read in ranges:
 * metadata, and the position of each tensor. The header is parsed by `@huggingface/gguf`, which bounds every
 * count in it; here each tensor is checked against the file's size.
 */
import { t } from '../../words/words';
import type { gguf as parse } from '@huggingface/gguf';
import { ModelError } from '../modelError';
import { elementCount } from '../safetensors';
import type { ModelFile } from '../source/modelSource';
import { BLOCK_TYPES, type BlockType } from './blocks';

export type MetadataValue = string | number | bigint | boolean | readonly MetadataValue[];

export interface GgufTensor {
  readonly name: string;
  /** Row-major, as in safetensors; the file has the dimensions in reverse. */
  readonly shape: readonly number[];
  readonly type: BlockType;
  readonly file: ModelFile;
  /** Its first byte in the file. */
  readonly begin: number;
}

export interface Gguf {
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

const MAGIC = 'GGUF';
/** Names of ggml's types that are not supported, for messages. */
const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [9, 'Q8_1'],
  [10, 'Q2_K'],
  [11, 'Q3_K'],
  [15, 'Q8_K'],
  [16, 'IQ2_XXS'],
  [17, 'IQ2_XS'],
  [18, 'IQ3_XXS'],
  [19, 'IQ1_S'],
  [20, 'IQ4_NL'],
  [21, 'IQ3_S'],
  [22, 'IQ2_S'],
  [23, 'IQ4_XS'],
  [29, 'IQ1_M'],
  [34, 'TQ1_0'],
  [35, 'TQ2_0'],
  [39, 'MXFP4'],
]);

/**
 * @param files one file, or its shards in order; metadata is the first one's
 * @throws ModelError when a file is not GGUF or is damaged, or has tensors of an unsupported type
 */
export async function readGguf(files: readonly ModelFile[]): Promise<Gguf> {
  let metadata: Gguf['metadata'] | null = null;
  const tensors = new Map<string, GgufTensor>();
  for (const file of files) {
    const header = await parseHeader(file);
    metadata ??= new Map(Object.entries(header.metadata) as [string, MetadataValue][]);
    const dataStart = Number(header.tensorDataOffset);
    for (const { name, shape, dtype, offset } of header.tensorInfos) {
      if (tensors.has(name))
        throw damaged(t('{file} has the tensor “{tensor}” a second time.', { file: file.name, tensor: name }));
      const type = BLOCK_TYPES.get(dtype);
      if (type === undefined) throw unreadableType(file.name, name, dtype);
      const place = { name, shape: shape.map(Number).reverse(), type, file, begin: dataStart + Number(offset) };
      checkRange(place);
      tensors.set(name, place);
    }
  }
  if (metadata === null) throw new ModelError(t('There is no GGUF file.'), t('Open a file that ends in .gguf.'));
  return { metadata, tensors };
}

async function parseHeader(file: ModelFile): ReturnType<typeof parse> {
  const magic = new TextDecoder().decode(await file.read(0, Math.min(MAGIC.length, file.bytes)));
  if (magic !== MAGIC)
    throw damaged(t('{name} is not a GGUF file: it does not begin with {magic}.', { name: file.name, magic: MAGIC }));
  try {
    // The reader requests ranges of a URL; nothing leaves the machine.
    // Loaded with the first GGUF file, so not part of the page's first load.
    const { gguf } = await import('@huggingface/gguf');
    return await gguf('https://localhost/model.gguf', { fetch: rangesOf(file) });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw damaged(t('The header of {name} cannot be read: {reason}', { name: file.name, reason }), { cause });
  }
}

/** A file as a server that answers range requests. */
function rangesOf(file: ModelFile): typeof fetch {
  return async (_, init) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get('range') ?? '');
    const [begin, last] = [Number(range?.[1] ?? 0), Number(range?.[2] ?? 0)];
    if (begin >= file.bytes) throw new RangeError(t('it ends inside its header'));
    const end = Math.min(last + 1, file.bytes);
    const bytes = await file.read(begin, end);
    return new Response(bytes, { status: 206, headers: { 'content-range': `bytes ${begin}-${end - 1}/${file.bytes}` } });
  };
}

function unreadableType(file: string, tensor: string, dtype: number): ModelError {
  const readable = [...BLOCK_TYPES.values()].map(({ name }) => name).join(', ');
  return new ModelError(
    t('The tensor “{tensor}” of {file} is stored as {type}; {readable} can be read.', {
      tensor,
      file,
      type: OTHER_TYPES.get(dtype) ?? t('type {number}', { number: String(dtype) }),
      readable,
    }),
    t('Use another quantisation of the model, such as Q8_0 or Q4_0.'),
  );
}

function checkRange({ name, shape, type, file, begin }: GgufTensor): void {
  const columns = shape.at(-1) ?? 1;
  const bytes = (elementCount(shape) / type.weights) * type.bytes;
  const whole = shape.every((size) => Number.isSafeInteger(size) && size > 0) && columns % type.weights === 0;
  if (whole && Number.isSafeInteger(bytes) && Number.isSafeInteger(begin) && begin + bytes <= file.bytes) return;
  throw damaged(t('The tensor “{tensor}” of {file} does not fit into the file.', { tensor: name, file: file.name }));
}

function damaged(message: string, options?: ErrorOptions): ModelError {
  return new ModelError(message, t('Download the file again; it is damaged or not a GGUF file.'), options);
}

/** A required value of the metadata. @throws ModelError */
export function metadataNumber({ metadata }: Pick<Gguf, 'metadata'>, key: string): number {
  const value = optionalNumber({ metadata }, key);
  if (value === null)
    throw new ModelError(
      t('The file’s metadata has no number {key}.', { key }),
      t('Convert the model again with a current llama.cpp.'),
    );
  return value;
}

export function optionalNumber({ metadata }: Pick<Gguf, 'metadata'>, key: string): number | null {
  const value = metadata.get(key);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

export function optionalText({ metadata }: Pick<Gguf, 'metadata'>, key: string): string | null {
  const value = metadata.get(key);
  return typeof value === 'string' ? value : null;
}

/** A list of the metadata, all of whose entries are of one kind; null if there is none. */
export function metadataList<Kind extends 'string' | 'number'>(
  { metadata }: Pick<Gguf, 'metadata'>,
  key: string,
  kind: Kind,
): readonly (Kind extends 'string' ? string : number)[] | null {
  const value = metadata.get(key);
  if (!Array.isArray(value) || !value.every((one) => typeof one === kind)) return null;
  return value as (Kind extends 'string' ? string : number)[];
}
