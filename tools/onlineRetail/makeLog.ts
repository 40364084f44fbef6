/**
 * Writes the site's real log: the first 240,007 of the 541,909 lines (44 %) of UCI Online Retail
 * (https://doi.org/10.24432/C5BW33, CC BY 4.0).
 *
 * Every line stays, and every column but Country, which nothing reads and whose last value is cut off. So the
 * page counts what it leaves out, as it does for the published file, and gives the same log, to the hash.
 * What the recipe beside the file leaves out, in this order:
 * - lines without a customer: nobody's history;
 * - repeated lines of an invoice;
 * - quantities below 1, among them all cancellations (invoice numbers with a C): returns, corrections,
 *   discounts. Their purchase stays;
 * - a customer's later purchases of an article: what is predicted is the first one;
 * - articles with fewer than 60 purchases and customers with fewer than 5, until none is left.
 * Postage (POST) and manual entries (M) are sold to customers and frequent enough to stay: two of the 695
 * items. The experiments in docs/findings.md have them too, and another catalogue would be another log.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readLog } from '../../src/log/readLog';
import { ONLINE_RETAIL } from '../../src/log/siteLogs';
import type { LogFilters, LogRecipe } from '../../src/recipe/logRecipe';

/**
 * Of the file that the log is made from: github.com/SaitoTsutomu/study-polars2, data/online_retail.parquet.
 */
const SOURCE = '723577de4efd6b47724ce627ff5b98b710f041c38d3d5bbc3d5622c1ed51cda9';

const COLUMNS = {
  InvoiceNo: 'STRING',
  StockCode: 'STRING',
  Description: 'STRING',
  Quantity: 'INT32',
  InvoiceDate: 'STRING',
  UnitPrice: 'DOUBLE',
  CustomerID: 'INT32',
} as const;

/** Those of the experiments; the rest is as the reader recognises the file. */
const FILTERS: Partial<LogFilters> = { itemCore: 60, userCore: 5, repeats: 'first' };

export const LOG_FOLDER = fileURLToPath(new URL(`../../public/${ONLINE_RETAIL.folder}`, import.meta.url));

export interface MadeLog {
  readonly table: Uint8Array<ArrayBuffer>;
  readonly recipe: LogRecipe;
}

/**
 * Packs the source. Deterministic on every machine: the same bytes give the same bytes.
 * @throws Error when it is another file
 */
export async function packLog(source: Uint8Array<ArrayBuffer>): Promise<MadeLog> {
  const hash = createHash('sha256').update(source).digest('hex');
  if (hash !== SOURCE) throw new Error(`This is another file: its SHA-256 is ${hash}, not ${SOURCE}.`);
  const rows = (await parquetReadObjects({ file: source.buffer, compressors })) as Record<string, unknown>[];
  const table = new Uint8Array(
    parquetWriteBuffer({
      columnData: Object.entries(COLUMNS).map(([name, type]) => ({
        name,
        type,
        data: rows.map(({ [name]: value }) => (typeof value === 'bigint' ? Number(value) : value)),
      })),
      // Not Node's zlib, whose bytes differ between versions and processors.
      codec: 'GZIP',
      compressors: { GZIP: (bytes) => gzipSync(bytes, { level: 9, mtime: 0 }) },
      rowGroupSize: rows.length,
      pageSize: 1 << 24,
      statistics: false,
    }),
  );
  const { recipe } = await readLog([new File([table], ONLINE_RETAIL.file)], { filters: FILTERS });
  return { table, recipe };
}

/** Writes both files into public/datasets/online-retail. @param source path of the source */
export async function makeLog(source: string): Promise<void> {
  const { table, recipe } = await packLog(Uint8Array.from(readFileSync(source)));
  writeFileSync(`${LOG_FOLDER}/${ONLINE_RETAIL.file}`, table);
  writeFileSync(`${LOG_FOLDER}/${ONLINE_RETAIL.recipe}`, `${JSON.stringify(recipe, null, 2)}\n`);
  console.log({ bytes: table.length });
}
