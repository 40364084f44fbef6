/** Parquet to records, a row group at a time, and of its columns only those that are asked for. */
import {
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  type ParquetRowRange,
  type ParquetScan,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { refuse, type Source } from '../source/source';
import type { ReadOptions } from '../source/text';
import { turn } from '../turn';
import type { RecordSink } from './syntax';

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
  return refuse(source, `The Parquet file cannot be read (${reason}). It may be cut off; download or write it again.`);
}

/** The file to jump about in; places outside of it come from damaged metadata. */
function bufferOf(blob: Blob): AsyncBuffer {
  return {
    byteLength: blob.size,
    slice(start, end = blob.size) {
      if (!(start >= 0 && start <= end && end <= blob.size)) throw new RangeError('a part of it lies outside of the file');
      return blob.slice(start, end).arrayBuffer();
    },
  };
}

/** @throws LogError */
export async function openParquet(source: Source): Promise<ParquetFile> {
  try {
    const blob = await wholeBlob(source);
    const buffer = bufferOf(blob);
    const metadata = await parquetMetadataAsync(buffer);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    return { name: source.name, columns, rows: Number(metadata.num_rows), buffer, metadata };
  } catch (error) {
    throw cannotRead(source.name, error);
  }
}

/** The columns `wanted` (indices) of rows `start … end`, which lie in one row group. */
async function readColumns(
  { name, columns }: ParquetFile,
  scan: ParquetScan,
  wanted: readonly number[],
  range: ParquetRowRange,
): Promise<DecodedArray[]> {
  const values: DecodedArray[] = [];
  try {
    for (const column of wanted) {
      const data = await scan.readColumn({ column: columns[column]!, ...range });
      if (data.length !== range.rowEnd - range.rowStart) throw new RangeError('a column is shorter than the table');
      values[column] = data;
    }
  } catch (error) {
    throw cannotRead(name, error);
  }
  return values;
}

/** Hands on the first `limit` rows with the columns `wanted` (indices); other columns read as undefined. */
export async function readParquet(
  file: ParquetFile,
  wanted: readonly number[],
  sink: RecordSink,
  { signal, onBytes }: ReadOptions = {},
  limit = Infinity,
): Promise<void> {
  const { buffer, metadata } = file;
  const columns = wanted.map((column) => file.columns[column]!);
  const scan = await parquetScan({ file: buffer, metadata, compressors, columns }).catch((error: unknown) => {
    throw cannotRead(file.name, error);
  });
  let values: DecodedArray[] = [];
  let index = 0;
  const row = (column: number): unknown => values[column]?.[index];
  for (const { rowStart, rowEnd: groupEnd } of scan.ranges) {
    const rowEnd = Math.min(groupEnd, limit);
    if (rowStart >= rowEnd) return;
    if (signal !== undefined) await turn();
    signal?.throwIfAborted();
    values = await readColumns(file, scan, wanted, { rowStart, rowEnd });
    for (index = 0; index < rowEnd - rowStart; index++) if (sink.record(row, rowStart + index + 1) === 'stop') return;
    onBytes?.((buffer.byteLength * (rowEnd - rowStart)) / Math.max(1, file.rows));
  }
}
