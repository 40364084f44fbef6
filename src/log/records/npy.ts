/**
 * NumPy's .npy (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html) to records, a row at
 * a time.
 */
import { numberFormat, t } from '../../words/words';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import { join, sourceBytes, type ReadOptions } from '../source/text';
import { parsePythonLiteral } from './pythonLiteral';
import type { RecordSink } from './syntax';

const MAGIC = 6;
/** Longer headers belong to structured arrays. */
const MOST_HEADER = 65_536;
/** Maximum numbers per row. */
const MOST_WIDTH = 65_536;

export interface NpyHeader {
  /** Kind and size of an element, as `f4`, and whether its bytes are big-endian. */
  readonly type: string;
  readonly big: boolean;
  readonly rows: number;
  /** Numbers per row; null for an array of one dimension, which holds IDs. */
  readonly width: number | null;
  /** Where the data start. */
  readonly start: number;
}

type Read = (view: DataView, at: number, little: boolean) => unknown;

/** IEEE 754 half precision. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const READERS: Readonly<Record<string, Read>> = {
  f2: (view, at, little) => half(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => view.getBigInt64(at, little),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => view.getBigUint64(at, little),
};

/** `U12` and `S12`: texts of 12 characters of four bytes or one, padded with zeros. */
const TEXT = /^([US])(\d{1,4})$/;

function elementBytes(type: string): number {
  const text = TEXT.exec(type);
  return text === null ? Number(type.slice(1)) : Number(text[2]) * (text[1] === 'U' ? 4 : 1);
}

function readText(view: DataView, at: number, type: string, little: boolean): string {
  const unit = type.startsWith('U') ? 4 : 1;
  let text = '';
  for (let byte = at; byte < at + elementBytes(type); byte += unit) {
    const code = unit === 4 ? view.getUint32(byte, little) : view.getUint8(byte);
    if (code === 0 || code > 0x10ffff) break;
    text += String.fromCodePoint(code);
  }
  return text;
}

function describedBy(source: string, bytes: Uint8Array): Omit<NpyHeader, 'start'> {
  let header: unknown;
  try {
    header = parsePythonLiteral(new TextDecoder('latin1').decode(bytes).trim());
  } catch {
    throw refuse(source, t('The header of this NumPy array cannot be read. Save the array again with numpy.save.'));
  }
  const { descr, fortran_order: columnMajor, shape } = header as Readonly<Record<string, unknown>>;
  const match = typeof descr === 'string' ? /^([<>|=])(\w+)$/.exec(descr) : null;
  const type = match?.[2] ?? '';
  if (type.startsWith('O')) {
    throw refuse(
      source,
      t(
        'This NumPy array holds pickled objects, which may run code when opened. Save it as numbers or texts: numpy.save(file, numpy.array(x, dtype="float32")).',
      ),
    );
  }
  if (!(type in READERS) && !TEXT.test(type)) {
    throw refuse(source, t('This NumPy array holds neither numbers nor texts. Save it as float32.'));
  }
  const sizes: unknown[] = Array.isArray(shape) ? shape : [];
  const whole = sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
  if (!whole || sizes.length === 0 || sizes.length > 2) {
    throw refuse(
      source,
      t('This NumPy array is neither a list of ids nor a table with one row per item. Save it with one or two dimensions.'),
    );
  }
  const [rows, width = null] = sizes as number[];
  if (width !== null && (width === 0 || width > MOST_WIDTH || !(type in READERS))) {
    throw refuse(
      source,
      t('A row of this NumPy array is not an embedding: it must have 1 to {most} numbers.', {
        most: numberFormat().format(MOST_WIDTH),
      }),
    );
  }
  if (columnMajor === true && width !== null) {
    throw refuse(source, t('This NumPy array is stored by columns. Save it with numpy.save(file, numpy.ascontiguousarray(x)).'));
  }
  return { type, big: match?.[1] === '>', rows: rows!, width };
}

/** The header from the first bytes; null if more are needed. @throws LogError */
export function parseNpyHeader(source: string, bytes: Uint8Array<ArrayBuffer>): NpyHeader | null {
  if (bytes.length < 12) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = bytes[MAGIC]!;
  if (version < 1 || version > 3)
    throw refuse(source, t('This is a NumPy array of an unknown version. Save it again with numpy.save.'));
  const [length, from] = version === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  if (length > MOST_HEADER)
    throw refuse(source, t('The header of this NumPy array is damaged. Save the array again with numpy.save.'));
  if (bytes.length < from + length) return null;
  return { ...describedBy(source, bytes.subarray(from, from + length)), start: from + length };
}

function rowReader({ type, big, width }: NpyHeader): (view: DataView, at: number) => unknown {
  const read = READERS[type];
  if (read === undefined) return (view, at) => readText(view, at, type, !big);
  if (width === null) return (view, at) => read(view, at, !big);
  const size = elementBytes(type);
  return (view, at) => Float32Array.from({ length: width }, (_, column) => Number(read(view, at + column * size, !big)));
}

/**
 * Passes on the first `limit` rows, each as its one column: a Float32Array or, for an array of one dimension,
 * an ID.
 * @returns the header
 * @throws LogError for an array of another kind, or one that is cut off
 */
export async function readNpy(source: Source, sink: RecordSink, options: ReadOptions = {}, limit = Infinity): Promise<NpyHeader> {
  let carry = new Uint8Array();
  let header: NpyHeader | null = null;
  let cell: unknown;
  let row = 0;
  const value = (): unknown => cell;
  for await (const chunk of sourceBytes(source, options)) {
    carry = join(carry, chunk);
    if (header === null) {
      header = parseNpyHeader(source.name, carry);
      if (header === null) continue;
      carry = carry.slice(header.start);
    }
    const size = elementBytes(header.type) * (header.width ?? 1);
    const read = rowReader(header);
    const view = new DataView(carry.buffer, carry.byteOffset, carry.length);
    let at = 0;
    for (; row < header.rows && at + size <= carry.length; at += size) {
      if (row >= limit) return header;
      cell = read(view, at);
      row++;
      if (sink.record(value, row) === 'stop') return header;
    }
    carry = carry.slice(at);
  }
  if (header === null || row < header.rows) {
    throw refuse(
      source.name,
      `The NumPy array is cut off${header === null ? '' : ` after ${row} of ${header.rows} rows`}. Copy it again.`,
    );
  }
  return header;
}
