/** Parquet to records, a row group at a time, with only the requested columns. */
import { t } from '../../words/words';
import {
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type AsyncBuffer,
  type ColumnMetaData,
  type DecodedArray,
  type FileMetaData,
  type ParquetRowRange,
  type ParquetScan,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import type { ReadOptions } from '../source/text';
import { turn } from '../turn';
import { checkPages, type ColumnShape } from './parquetPages';
import type { RecordSink } from './syntax';
import { ThriftReader } from './thrift';

export interface ParquetFile {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
}

async function wholeBlob(source: Source): Promise<Blob> {
  return source.plain ?? (await new Response(source.open()).blob());
}

function cannotRead(source: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return refuse(
    source,
    t('The Parquet file cannot be read ({reason}). It may be cut off; download or write it again.', { reason }),
  );
}

/** Random access to the file; positions outside it come from damaged metadata. */
function bufferOf(blob: Blob): AsyncBuffer {
  return {
    byteLength: blob.size,
    slice(start, end = blob.size) {
      if (!(start >= 0 && start <= end && end <= blob.size)) throw new RangeError(t('a part of it lies outside of the file'));
      return blob.slice(start, end).arrayBuffer();
    },
  };
}

const MAGIC = 0x31524150;

/** Checks the metadata first, since hyparquet trusts their list sizes. @throws RangeError */
async function checkFooter(buffer: AsyncBuffer): Promise<void> {
  const { byteLength } = buffer;
  if (byteLength < 12) throw new RangeError(t('it is too short'));
  const tail = new DataView(await buffer.slice(byteLength - 8, byteLength));
  const length = tail.getUint32(0, true);
  if (tail.getUint32(4, true) !== MAGIC || length > byteLength - 12) throw new RangeError(t('its end is missing'));
  new ThriftReader(new Uint8Array(await buffer.slice(byteLength - 8 - length, byteLength - 8))).struct();
}

/** Maximum rows per row group; more would not fit into memory. */
const MOST_ROWS = 1 << 27;

/**
 * Levels of a physical column: how deep it repeats, and how many of itself and its parents may be missing.
 */
function shapeOf(metadata: FileMetaData, chunk: ColumnMetaData): ColumnShape {
  let node = parquetSchema(metadata);
  let [maxRepetition, maxDefinition] = [0, 0];
  for (const name of chunk.path_in_schema) {
    const child = node.children.find(({ element }) => element.name === name);
    if (child === undefined) throw new RangeError(t('a column is not in the schema'));
    node = child;
    if (node.element.repetition_type === 'REPEATED') maxRepetition++;
    if (node.element.repetition_type !== 'REQUIRED') maxDefinition++;
  }
  return { codec: chunk.codec, maxRepetition, maxDefinition, isBoolean: chunk.type === 'BOOLEAN' };
}

/** @throws RangeError if the pages of a column in a row group do not hold what they say */
async function checkColumn({ metadata, buffer, columns }: ParquetFile, column: number, rowStart: number): Promise<void> {
  let start = 0;
  const group = metadata.row_groups.find(({ num_rows: rows }) => {
    start += Number(rows);
    return start > rowStart;
  });
  if (group === undefined || !(Number(group.num_rows) <= MOST_ROWS))
    throw new RangeError(t('the number of rows cannot be right'));
  for (const { meta_data: chunk } of group.columns) {
    if (chunk?.path_in_schema[0] !== columns[column]) continue;
    const shape = shapeOf(metadata, chunk!);
    const first = [chunk!.dictionary_page_offset, chunk!.data_page_offset].map(Number).filter((at) => at > 0);
    const at = Math.min(...first);
    const values = Number(chunk!.num_values);
    if (shape.maxRepetition === 0 && values > Number(group.num_rows))
      throw new RangeError(t('a column is longer than the table'));
    if (!(values <= 64 * MOST_ROWS)) throw new RangeError(t('the number of values cannot be right'));
    const bytes = await buffer.slice(at, at + Number(chunk!.total_compressed_size));
    checkPages(new Uint8Array(bytes), shape, values, compressors);
  }
}

/** @throws LogError */
export async function openParquet(source: Source): Promise<ParquetFile> {
  try {
    const blob = await wholeBlob(source);
    const buffer = bufferOf(blob);
    await checkFooter(buffer);
    const metadata = await parquetMetadataAsync(buffer);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    return { name: source.name, columns, rows: Number(metadata.num_rows), buffer, metadata };
  } catch (error) {
    throw cannotRead(source.name, error);
  }
}

interface Scans {
  readonly of: (column: number) => ParquetScan;
  readonly ranges: ParquetScan['ranges'];
}

/** Bytes not declared as text are read as text, as older writers meant them; pictures stay bytes. */
async function openScans(file: ParquetFile, wanted: readonly number[]): Promise<Scans> {
  const { buffer, metadata } = file;
  const open = async (pictures: boolean): Promise<ParquetScan> => {
    const columns = wanted.filter((column) => hasPictures(file, column) === pictures).map((column) => file.columns[column]!);
    return parquetScan({ file: buffer, metadata, compressors, columns, utf8: !pictures, useOffsetIndex: false }).catch(
      (error: unknown) => {
        throw cannotRead(file.name, error);
      },
    );
  };
  const texts = await open(false);
  const pictures = wanted.some((column) => hasPictures(file, column)) ? await open(true) : texts;
  return { of: (column) => (hasPictures(file, column) ? pictures : texts), ranges: texts.ranges };
}

/** Whether a column holds pictures, as in the Hugging Face hub's datasets: `bytes` beside a `path`. */
function hasPictures({ metadata, columns }: ParquetFile, column: number): boolean {
  const node = parquetSchema(metadata).children.find(({ element }) => element.name === columns[column]);
  return node?.children.some(({ element }) => element.name === 'bytes' && element.type === 'BYTE_ARRAY') === true;
}

/** The columns `wanted` (indices) of rows `start … end`, which are in one row group. */
async function readColumns(
  file: ParquetFile,
  scans: Scans,
  wanted: readonly number[],
  range: ParquetRowRange,
): Promise<DecodedArray[]> {
  const { name, columns } = file;
  const values: DecodedArray[] = [];
  try {
    for (const column of wanted) {
      await checkColumn(file, column, range.rowStart);
      const data = await scans.of(column).readColumn({ column: columns[column]!, ...range });
      if (data.length !== range.rowEnd - range.rowStart) throw new RangeError(t('a column is shorter than the table'));
      values[column] = data;
    }
  } catch (error) {
    throw cannotRead(name, error);
  }
  return values;
}

/** Passes on the first `limit` rows with the columns `wanted` (indices); other columns read as undefined. */
export async function readParquet(
  file: ParquetFile,
  wanted: readonly number[],
  sink: RecordSink,
  { signal, onBytes }: ReadOptions = {},
  limit = Infinity,
): Promise<void> {
  const { buffer } = file;
  const scans = await openScans(file, wanted);
  let values: DecodedArray[] = [];
  let index = 0;
  const row = (column: number): unknown => values[column]?.[index];
  for (const { rowStart, rowEnd: groupEnd } of scans.ranges) {
    const rowEnd = Math.min(groupEnd, limit);
    if (rowStart >= rowEnd) return;
    if (signal !== undefined) await turn();
    signal?.throwIfAborted();
    values = await readColumns(file, scans, wanted, { rowStart, rowEnd });
    onBytes?.((buffer.byteLength * (rowEnd - rowStart)) / Math.max(1, file.rows));
    for (index = 0; index < rowEnd - rowStart; index++) if (sink.record(row, rowStart + index + 1) === 'stop') return;
  }
}
