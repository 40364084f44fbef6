/** The report of a benchmark: the machine, and a row for every library and case. */
import type { AdapterInfo } from '../src/record/runRecord';
import manifest from '../package.json';
import type { CaseResult, Entry } from './rounds';

export interface BenchReport {
  readonly date: string;
  readonly adapter: AdapterInfo;
  /** Browser or Node, with its version. */
  readonly runtime: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly note: string | null;
  readonly repeats: number;
  readonly cases: readonly CaseResult[];
}

export const SOFTWARE_NOTE =
  'This is a software adapter: figures are ratios of what tests cost on it, and say nothing about the speed of a GPU.';

/** Versions of the peers, as pinned. */
export function peerVersions(): Record<string, string> {
  const { devDependencies } = manifest;
  return {
    '@jax-js/jax': devDependencies['@jax-js/jax'],
    '@tensorflow/tfjs-backend-webgpu': devDependencies['@tensorflow/tfjs-backend-webgpu'],
  };
}

export function adapterName({ vendor, architecture, device, description, fallback }: AdapterInfo): string {
  const named = [vendor, architecture, device, description].filter((part) => part !== '').join(' · ');
  return `${named} (${fallback ? 'software' : 'GPU'})`;
}

/** Columns of the table, in order; text, so that page and terminal show the same. */
export type TableRow = Readonly<Record<string, string>>;

/** @param peak TFLOP/s of the card in f32, for the share column */
export function tableRows(report: BenchReport, peak: number | null): TableRow[] {
  return report.cases.flatMap(({ id, flops, entries }) => {
    const ours = entries.find(({ library }) => library === 'ours');
    return entries.map((entry) => tableRow(id, flops, entry, ours, peak));
  });
}

function tableRow(id: string, flops: number, entry: Entry, ours: Entry | undefined, peak: number | null): TableRow {
  const { library, medianMs, firstMs, peakBytes, outcome, failure } = entry;
  const gflops = medianMs === null ? null : flops / medianMs / 1e6;
  const ratio = (value: number | null, reference: number | null | undefined): string =>
    value === null || reference === null || reference === undefined ? '' : (value / reference).toFixed(2);
  return {
    case: id,
    library,
    ms: number(medianMs, 1),
    '× ours': ratio(medianMs, ours?.medianMs),
    'GFLOP/s': number(gflops, 2),
    ...(peak === null ? {} : { '% of peak': number(gflops === null ? null : gflops / (10 * peak), 1) }),
    'peak MB': number(peakBytes === null ? null : peakBytes / 1e6, 1),
    '× our MB': ratio(peakBytes, ours?.peakBytes),
    'first ms': number(firstMs, 0),
    loss: outcome === null ? '' : outcome.loss.toPrecision(6),
    '‖gradient‖': outcome === null ? '' : outcome.gradNorm.toPrecision(6),
    failed: failure ?? '',
  };
}

function number(value: number | null, digits: number): string {
  return value === null ? '' : value.toFixed(digits);
}

/** The table in Markdown, which reads well in a terminal too. Columns without content are left out. */
export function markdownTable(rows: readonly TableRow[]): string {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => rows.some((row) => row[column] !== ''));
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const body = rows.map((row) => line(columns.map((column) => row[column] ?? '')));
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

/** The lines above a table. */
export function heading({ date, adapter, runtime, versions, note, repeats }: BenchReport): string {
  const pinned = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${date} · adapter: ${adapterName(adapter)} · ${runtime} · ${pinned.join(', ')} · median of ${repeats} alternating rounds`,
    ...(note === null ? [] : [note]),
  ].join('\n');
}

/** Whether any library failed in any case. */
export function hasFailed({ cases }: BenchReport): boolean {
  return cases.some(({ entries }) => entries.some(({ failure }) => failure !== null));
}
