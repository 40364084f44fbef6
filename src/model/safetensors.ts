/**
 * The safetensors format (https://github.com/huggingface/safetensors): 8 bytes of little-endian header
 * length, a JSON header { name: { dtype, shape, data_offsets } }, then the tensors' bytes without gaps.
 */
import { t } from '../words/words';
import { z } from 'zod';
import { concatenate } from '../storage/bytes';
import { float8ToFloat32 } from './float8';
import { bfloat16ToFloat32, float16ToFloat32 } from './halfPrecision';
import { ModelError } from './modelError';
import type { ModelFile } from './source/modelSource';
import { encoded, singleLine, verbatim } from '../recipe/texts';

/**
 * Bytes per element of each dtype of the format. Of these F32, F16 and BF16 are read, and F8_E4M3 on request.
 */
const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ...['F64', 'I64', 'U64'].map((name) => [name, 8] as const),
  ...['F32', 'I32', 'U32'].map((name) => [name, 4] as const),
  ...['F16', 'BF16', 'I16', 'U16'].map((name) => [name, 2] as const),
  ...['F8_E4M3', 'F8_E5M2', 'I8', 'U8', 'BOOL'].map((name) => [name, 1] as const),
]);

/** Bytes per element of a dtype of the format. */
export function elementBytes(dtype: string): number {
  return ELEMENT_BYTES.get(dtype)!;
}

const FLOATS: readonly string[] = ['F32', 'F16', 'BF16'];
/**
 * Read only on request: in other checkpoints such numbers have a separate scale, without which they would be
 * misread.
 */
export const FLOAT8 = 'F8_E4M3';
/** Dtypes in this project's own files, whose numbers have no scale. */
export const OWN_FLOATS: readonly string[] = [...FLOATS, FLOAT8];

/** The official reader's limit; a longer header means a corrupt length. */
const MAX_HEADER_BYTES = 100_000_000;
const METADATA_KEY = '__metadata__';

const offset = z.number().int().nonnegative();
const entrySchema = z.object({
  dtype: singleLine(),
  shape: z.array(offset),
  data_offsets: z.tuple([offset, offset]),
});
const metadataSchema = z.record(verbatim(), encoded());

/** The position of a tensor: `begin` and `end` count bytes from the start of the file. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What a header says. */
export interface SafetensorsHeader {
  /** Used in error messages. */
  readonly name: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file that is entirely in memory. */
export interface SafetensorsFile extends SafetensorsHeader {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads and checks the header; the tensors stay in `bytes` until needed.
 * @throws ModelError when the file is truncated, the header malformed, or the offsets do not tile the data
 * exactly.
 */
export function parseSafetensors(bytes: Uint8Array<ArrayBuffer>, name: string): SafetensorsFile {
  return { ...parseHeader(bytes, bytes.length, name), bytes };
}

/** The header of a file that is read in ranges. @throws ModelError as parseSafetensors does. */
export async function readSafetensorsHeader(file: Pick<ModelFile, 'name' | 'bytes' | 'read'>): Promise<SafetensorsHeader> {
  const start = await file.read(0, Math.min(8, file.bytes));
  const end = 8 + headerLength(start, file.name);
  return parseHeader(await file.read(0, Math.min(end, file.bytes)), file.bytes, file.name);
}

/** @param bytes the file's first bytes, including the whole header @param fileBytes size of the file */
function parseHeader(bytes: Uint8Array<ArrayBuffer>, fileBytes: number, name: string): SafetensorsHeader {
  const { header, dataStart } = readHeader(bytes, name);
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(header)) {
    if (key === METADATA_KEY) {
      metadata = checked(metadataSchema, value, () => t('In the header of {name}, the metadata is malformed.', { name }));
    } else {
      const malformed = () => t('In the header of {name}, the entry "{key}" is malformed.', { name, key });
      tensors.set(key, placed(key, checked(entrySchema, value, malformed), dataStart, name));
    }
  }
  checkTiling(tensors, dataStart, fileBytes, name);
  return { name, tensors, metadata };
}

/**
 * @throws ModelError with that advice unless a tensor of a file has the expected shape, every dimension of it
 */
export function checkTensorShape(
  file: string,
  tensor: string,
  found: readonly number[],
  expected: readonly number[],
  advice: () => string,
): void {
  if (found.length === expected.length && found.every((size, axis) => size === expected[axis])) return;
  throw new ModelError(
    t('Tensor "{tensor}" of {name} has shape [{found}], but [{expected}] was expected.', {
      tensor,
      name: file,
      found: found.join(', '),
      expected: expected.join(', '),
    }),
    advice(),
  );
}

/**
 * The position of a tensor, after checking that it can be read.
 * @param shape expected shape; every dimension must match. @param dtypes those that are accepted
 * @throws ModelError when the tensor is missing, of another shape, or of another dtype.
 */
export function findFloatTensor(
  file: SafetensorsHeader,
  tensor: string,
  shape: readonly number[],
  dtypes: readonly string[] = FLOATS,
): TensorEntry {
  const entry = file.tensors.get(tensor);
  if (entry === undefined) {
    throw new ModelError(
      t('{name} has no tensor "{tensor}".', { name: file.name, tensor }),
      t('Check that the file belongs to this config.json.'),
    );
  }
  checkTensorShape(file.name, tensor, entry.shape, shape, () => t('Check that the file belongs to this config.json.'));
  if (!dtypes.includes(entry.dtype)) {
    throw new ModelError(
      t('Tensor "{tensor}" of {name} is stored as {dtype}; {readable} can be read.', {
        tensor,
        name: file.name,
        dtype: entry.dtype,
        readable: dtypes.join(', '),
      }),
      t('Convert the checkpoint to float32, float16 or bfloat16, without quantisation.'),
    );
  }
  return entry;
}

/**
 * One tensor as float32, row-major. F32 data that happens to be aligned is a view into the file, not a copy.
 * @throws ModelError as findFloatTensor does.
 */
export function readFloatTensor(
  file: SafetensorsFile,
  tensor: string,
  shape: readonly number[],
  dtypes: readonly string[] = FLOATS,
): Float32Array<ArrayBuffer> {
  const { dtype, begin, end } = findFloatTensor(file, tensor, shape, dtypes);
  return toFloat32(file.bytes.subarray(begin, end), dtype);
}

/** A float tensor's bytes as float32: widened exactly, or a view where they are aligned float32 already. */
export function toFloat32(data: Uint8Array<ArrayBuffer>, dtype: string): Float32Array<ArrayBuffer> {
  if (dtype === 'F16') return float16ToFloat32(data);
  if (dtype === 'BF16') return bfloat16ToFloat32(data);
  if (dtype === FLOAT8) return float8ToFloat32(data);
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** A tensor to be written: `data` has as many elements as `shape` implies. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A safetensors file of float32 tensors, ordered by name so that equal content gives equal bytes.
 * @throws RangeError when a tensor's data does not fill its shape or its name is reserved.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, FloatTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const stored = Object.entries(tensors).map(([name, { shape, data }]): StoredNumbers => {
    if (elementCount(shape) !== data.length) {
      throw new RangeError(`Tensor "${name}" has ${data.length} numbers, but its shape is [${shape.join(', ')}].`);
    }
    return { name, dtype: 'F32', shape, data };
  });
  return assembled(stored, metadata);
}

/** A tensor as it is in a file. */
interface StoredNumbers {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint16Array | Uint8Array;
}

/** The header, then the tensors concatenated. */
function assembled(tensors: readonly StoredNumbers[], metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const ordered = byName(tensors);
  const start = encodedHeader(
    ordered.map(({ data, ...entry }) => ({ ...entry, bytes: data.byteLength })),
    metadata,
  );
  return concatenate([
    start,
    ...ordered.map(({ data: { buffer, byteOffset, byteLength } }) => new Uint8Array(buffer, byteOffset, byteLength)),
  ]);
}

function byName<T extends { readonly name: string }>(tensors: readonly T[]): T[] {
  return [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What comes before the tensors. @throws RangeError when a tensor's name is reserved */
function encodedHeader(
  tensors: readonly (Omit<StoredNumbers, 'data'> & { readonly bytes: number })[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set(METADATA_KEY, metadata);
  let position = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    if (name === METADATA_KEY) throw new RangeError(`A tensor cannot be called ${METADATA_KEY}.`);
    header.set(name, { dtype, shape, data_offsets: [position, position + bytes] });
    position += bytes;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Readers map the data in place, so it starts at a multiple of 8; the format pads with spaces.
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8);
  bytes.set(json, 8);
  return bytes;
}

/** A tensor whose numbers come a piece at a time. */
export interface PiecedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major, one after the other. */
  pieces(): AsyncIterable<Float32Array>;
}

/**
 * A file of float32 tensors as it is to be written, a piece at a time, ordered by name.
 * @throws as the tensors do
 */
export async function* safetensorsPieces(
  tensors: readonly PiecedTensor[],
  metadata: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array> {
  const ordered = byName(tensors);
  yield encodedHeader(
    ordered.map(({ name, shape }) => ({ name, dtype: 'F32', shape, bytes: 4 * elementCount(shape) })),
    metadata,
  );
  for (const tensor of ordered) {
    for await (const { buffer, byteOffset, byteLength } of tensor.pieces()) yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/** How numbers are stored in fewer bits. */
export interface NarrowFloats {
  readonly dtype: string;
  /** @throws RangeError for a number that cannot be stored in the format */
  readonly encode: (values: Float32Array) => Uint16Array | Uint8Array;
}

/** The same file with its float tensors in fewer bits, chosen by name. @throws RangeError as `encode` does */
export function narrowedSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  narrow: (tensor: string) => NarrowFloats,
): Uint8Array<ArrayBuffer> {
  const file = parseSafetensors(bytes, name);
  const encoded = [...file.tensors].map(([tensor, { shape }]): StoredNumbers => {
    const { dtype, encode } = narrow(tensor);
    return { name: tensor, dtype, shape, data: encode(readFloatTensor(file, tensor, shape)) };
  });
  return assembled(encoded, file.metadata);
}

function readHeader(bytes: Uint8Array, name: string): { header: Record<string, unknown>; dataStart: number } {
  const length = headerLength(bytes, name);
  if (8 + length > bytes.byteLength) throw damaged(t('{name} ends inside its header.', { name }));
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw damaged(t('The header of {name} is not valid JSON.', { name }), { cause });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw damaged(t('The header of {name} is not a table of tensors.', { name }));
  }
  return { header: header as Record<string, unknown>, dataStart: 8 + length };
}

function headerLength(bytes: Uint8Array, name: string): number {
  if (bytes.byteLength < 8) throw damaged(t('{name} is too short to be a safetensors file.', { name }));
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) throw damaged(t('{name} does not start with a safetensors header.', { name }));
  return length;
}

/** @param malformed what to say of another value */
function checked<T>(schema: z.ZodType<T>, value: unknown, malformed: () => string): T {
  const result = schema.safeParse(value);
  if (!result.success) throw damaged(malformed(), { cause: result.error });
  return result.data;
}

function damaged(message: string, options?: ErrorOptions): ModelError {
  return new ModelError(message, t('Download or convert the file again; it is damaged or not a safetensors file.'), options);
}

function placed(tensor: string, entry: z.infer<typeof entrySchema>, dataStart: number, name: string): TensorEntry {
  const [begin, end] = entry.data_offsets;
  const bytes = ELEMENT_BYTES.get(entry.dtype);
  const sizeMatches = bytes === undefined || elementCount(entry.shape) * bytes === end - begin;
  if (end < begin || !sizeMatches) {
    throw damaged(t('In {name}, the bytes of tensor "{tensor}" do not fill its shape.', { name, tensor }));
  }
  return { dtype: entry.dtype, shape: entry.shape, begin: dataStart + begin, end: dataStart + end };
}

function checkTiling(tensors: ReadonlyMap<string, TensorEntry>, dataStart: number, fileBytes: number, name: string): void {
  let position = dataStart;
  for (const { begin, end } of [...tensors.values()].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) throw damaged(t('The tensors of {name} overlap or leave gaps.', { name }));
    position = end;
  }
  if (position > fileBytes) {
    throw damaged(
      t('{name} is truncated: {fileBytes} bytes, but its header promises {position}.', { name, fileBytes, position }),
    );
  }
  if (position < fileBytes) {
    throw damaged(t('{name} has {n} bytes that belong to no tensor.', { name, n: fileBytes - position }));
  }
}

/** Number of elements of a tensor of that shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
