/**
 * Checks that the pages of a Parquet column hold what they say, before hyparquet decodes them: it takes their
 * sizes and run lengths on trust, and a single damaged byte can make it write a billion values, or read the
 * same page forever.
 */
import { t } from '../../words/words';
import { snappyUncompress, type Compressors } from 'hyparquet';
import { ThriftReader, type ThriftStruct } from './thrift';

export interface ColumnShape {
  readonly codec: string;
  readonly maxRepetition: number;
  readonly maxDefinition: number;
  readonly isBoolean: boolean;
}

/** Maximum unpacked bytes of a page; writers cut pages at about a megabyte. */
const MOST_PAGE = 1 << 29;
const DATA = 0;
const DICTIONARY = 2;
const DATA_V2 = 3;
const RLE = 3;
const DICTIONARY_ENCODINGS = [2, 8];
/** Number of values by which the last bit-packed run may exceed the page, since writers pad groups. */
const PADDING = 504;

function fail(what: string): never {
  throw new RangeError(what);
}

type Counted = 'size' | 'values' | 'encoding' | 'nulls' | 'rows' | 'levels';

/** A count in a header: a whole number from 0 to `most`. */
function count(struct: ThriftStruct | undefined, field: number, most: number, what: Counted): number {
  const value = struct?.get(field);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > most) {
    fail(
      t(
        'the {what, select, values {number of values} encoding {encoding} nulls {number of nulls} rows {number of rows} levels {length of levels} other {size}} of a page cannot be right',
        { what },
      ),
    );
  }
  return value;
}

function structOf(header: ThriftStruct, field: number): ThriftStruct | undefined {
  const value = header.get(field);
  return value instanceof Map ? (value as ThriftStruct) : undefined;
}

function unpack(bytes: Uint8Array, size: number, codec: string, compressors: Compressors): Uint8Array {
  if (codec === 'UNCOMPRESSED') return bytes;
  const custom = compressors[codec as keyof Compressors];
  let page: Uint8Array;
  if (custom !== undefined) page = custom(bytes, size);
  else if (codec === 'SNAPPY') snappyUncompress(bytes, (page = new Uint8Array(size)));
  else fail(t('it is packed with {codec}, which is not read', { codec }));
  if (page.length !== size) fail(t('a page does not unpack to its size'));
  return page;
}

/**
 * Walks the runs of the hybrid of run lengths and bit packing without reading their values.
 * @param whole whether all `values` must be there: hyparquet reads on after levels that end too early, and
 * takes what follows for runs
 */
function checkRuns(bytes: Uint8Array, from: number, to: number, width: number, values: number, whole = false): void {
  let at = from;
  for (let seen = 0; seen < values;) {
    if (at >= to) {
      if (whole) fail(t('a page has fewer levels than values'));
      return;
    }
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) fail(t('a run of values has no length'));
      header += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const run = Math.floor(header / 2);
    const packed = header % 2 === 1;
    const length = packed ? 8 * run : run;
    if (length > values - seen + (packed ? PADDING : 0)) fail(t('a run of values is longer than its page'));
    at += packed ? run * width : Math.ceil(width / 8);
    seen += length;
  }
}

function bitsOf(most: number): number {
  return 32 - Math.clz32(most);
}

/** Levels preceded by their length. @returns where they end */
function checkLevels(page: Uint8Array, at: number, most: number, values: number): number {
  if (most === 0) return at;
  if (at + 4 > page.length) fail(t('a page ends inside its levels'));
  const length = new DataView(page.buffer, page.byteOffset).getUint32(at, true);
  if (at + 4 + length > page.length) fail(t('the levels of a page are longer than it'));
  checkRuns(page, at + 4, at + 4 + length, bitsOf(most), values, true);
  return at + 4 + length;
}

function checkValues(page: Uint8Array, at: number, encoding: number, isBoolean: boolean, values: number): void {
  if (DICTIONARY_ENCODINGS.includes(encoding)) checkRuns(page, at + 1, page.length, page[at] ?? 0, values);
  else if (encoding === RLE) {
    if (!isBoolean) fail(t('a page has values that are run lengths but no booleans'));
    checkRuns(page, at + 4, page.length, 1, values);
  }
}

/**
 * @param bytes a column chunk
 * @param most maximum values of the chunk
 * @throws RangeError saying what is wrong
 */
export function checkPages(bytes: Uint8Array, shape: ColumnShape, most: number, compressors: Compressors): void {
  const { codec, maxRepetition, maxDefinition, isBoolean } = shape;
  let left = most;
  for (let at = 0; at < bytes.length - 1;) {
    const reader = new ThriftReader(bytes, at);
    const header = reader.struct();
    const size = count(header, 2, MOST_PAGE, 'size');
    const packed = count(header, 3, bytes.length - reader.at, 'size');
    const body = bytes.subarray(reader.at, reader.at + packed);
    at = reader.at + packed;
    const type = header.get(1);
    if (type === DICTIONARY) {
      const values = count(structOf(header, 7), 1, Number.MAX_SAFE_INTEGER, 'values');
      // A boolean takes one bit, anything else at least a byte.
      if (values > 8 * size) fail(t('a dictionary has more values than bytes'));
    } else if (type === DATA) {
      const page = structOf(header, 5);
      const values = count(page, 1, left, 'values');
      const whole = unpack(body, size, codec, compressors);
      const behind = checkLevels(whole, checkLevels(whole, 0, maxRepetition, values), maxDefinition, values);
      checkValues(whole, behind, count(page, 2, 255, 'encoding'), isBoolean, values);
      left -= values;
    } else if (type === DATA_V2) {
      const page = structOf(header, 8);
      const values = count(page, 1, left, 'values');
      count(page, 2, values, 'nulls');
      count(page, 3, values, 'rows');
      const repetition = count(page, 6, packed, 'levels');
      const definition = count(page, 5, packed - repetition, 'levels');
      if (maxRepetition > 0) checkRuns(body, 0, repetition, bitsOf(maxRepetition), values, true);
      if (maxDefinition > 0) checkRuns(body, repetition, repetition + definition, bitsOf(maxDefinition), values, true);
      const levels = repetition + definition;
      if (levels > size) fail(t('the levels of a page are longer than it'));
      const rest = body.subarray(levels);
      const whole = page?.get(7) === false ? rest : unpack(rest, size - levels, codec, compressors);
      checkValues(whole, 0, count(page, 4, 255, 'encoding'), isBoolean, values);
      left -= values;
    } else fail(t('a page is of an unknown kind'));
  }
}
