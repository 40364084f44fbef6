/**
 * The report of a benchmark: the machine, and a row for every library and case. `bench/results/` collects
 * such reports.
 */
import { z } from 'zod';
import { ratingsSchema } from '../src/engine/gemm/ratings';
import { adapterInfoSchema, type AdapterInfo } from '../src/record/runRecord';
import { meanInterval, type MeanInterval } from '../src/statistics/statistics';
// Playwright's tests load this file in Node, which wants the attribute.
import manifest from '../package.json' with { type: 'json' };
import { calibrationSchema } from './idle';
import { LIBRARIES, LIBRARY_NAMES, type LibraryId } from './library';

const entrySchema = z.strictObject({
  library: z.enum(LIBRARIES),
  /** Why there are no times: the library cannot run the case here, or computes something else. */
  failure: z.string().nullable(),
  /** Time of the first run, including compilation. */
  firstMs: z.number().positive().nullable(),
  medianMs: z.number().positive().nullable(),
  /** One time per round that the library took part in, from the first round on. */
  ms: z.array(z.number().positive()),
  /**
   * Median processor time of all threads of the library's own process, where it has one: in Node, and for
   * PyTorch.
   */
  cpuMs: z.number().nonnegative().nullable(),
  peakBytes: z.number().nonnegative().nullable(),
  /**
   * Numbers compared between libraries. For a product, which has no gradient: a weighted sum of |C|, and C's
   * norm.
   */
  outcome: z.strictObject({ loss: z.number(), gradNorm: z.number() }).nullable(),
});
export type Entry = z.infer<typeof entrySchema>;

const caseSchema = z.strictObject({
  id: z.string().min(1),
  /** Operations per run, if it consists of products. */
  flops: z.number().positive().nullable(),
  /** The machine before and after. */
  calibrations: z.tuple([calibrationSchema, calibrationSchema]),
  /** Why the machine was not idle meanwhile; null if it was. */
  disturbance: z.string().nullable(),
  entries: z.array(entrySchema).min(1),
});
export type CaseResult = z.infer<typeof caseSchema>;

/** A file of `bench/results/`. */
export const benchReportSchema = z.strictObject({
  format: z.literal('karma-bench-1'),
  date: z.iso.date(),
  /**
   * The card as people call it, where somebody has said so: browsers tell no more than its vendor and
   * architecture.
   */
  card: z.string().min(1).nullable(),
  adapter: adapterInfoSchema,
  /** Browser or Node, with its version. */
  runtime: z.string().min(1),
  cores: z.number().int().positive(),
  versions: z.record(z.string(), z.string()),
  /** TFLOP/s of the card in f32, as given. */
  peak: z.number().positive().nullable(),
  rounds: z.number().int().positive(),
  /**
   * What tuning our products gave before the first case; missing for software adapters, which are not tuned,
   * and in older results.
   */
  tiles: ratingsSchema.exactOptional(),
  cases: z.array(caseSchema),
});
export type BenchReport = z.infer<typeof benchReportSchema>;

const SOFTWARE_NOTE =
  'This is a software adapter: figures are ratios of what tests cost on it, and say nothing about the speed of a GPU.';

/** Versions of the peers, as pinned. */
export function peerVersions(): Record<string, string> {
  const { dependencies, devDependencies } = manifest;
  return {
    '@jax-js/jax': devDependencies['@jax-js/jax'],
    '@tensorflow/tfjs-backend-webgpu': devDependencies['@tensorflow/tfjs-backend-webgpu'],
    'onnxruntime-web': dependencies['onnxruntime-web'],
  };
}

function adapterName({ vendor, architecture, device, description, fallback }: AdapterInfo): string {
  const named = [vendor, architecture, device, description].filter((part) => part !== '').join(' · ');
  return `${named} (${fallback ? 'software' : 'GPU'})`;
}

/** The card's name, or what the browser tells of it. */
export function cardName({ card, adapter }: Pick<BenchReport, 'card' | 'adapter'>): string {
  return card === null ? adapterName(adapter) : `${card}, ${adapterName(adapter)}`;
}

/** A file's name for the report in `bench/results/`: `2026-01-31-nvidia-ampere-chromium-…json`. */
export function resultFile({ date, card, adapter, runtime }: BenchReport): string {
  const name = card ?? [adapter.vendor, adapter.architecture || adapter.device].join(' ');
  // Edge also calls itself Chrome, and Chrome Safari.
  const program = ['Chromium', 'Firefox', 'Edg', 'Chrome', 'Safari', 'Node'].find((one) => runtime.includes(one)) ?? '';
  return `${[date, name, program]
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')}.json`;
}

/**
 * How many times longer than we a library takes: geometric mean over the rounds that both took part in, with
 * its 95 % Student-t interval.
 * @returns null without a round
 */
export function ratioOf({ ms }: Pick<Entry, 'ms'>, ours: Pick<Entry, 'ms'>): MeanInterval | null {
  const rounds = Math.min(ms.length, ours.ms.length);
  if (rounds === 0) return null;
  const logs = Array.from({ length: rounds }, (_, round) => Math.log(ms[round]! / ours.ms[round]!));
  const { mean, low, high, n } = meanInterval(logs);
  return { mean: Math.exp(mean), low: low === null ? null : Math.exp(low), high: high === null ? null : Math.exp(high), n };
}

/** The ratio of one library in a case; null for ours, and where either of the two failed. */
export function ratioIn({ entries }: Pick<CaseResult, 'entries'>, entry: Entry): MeanInterval | null {
  const ours = entries.find(({ library }) => library === 'ours');
  if (ours === undefined || entry === ours || entry.failure !== null || ours.failure !== null) return null;
  return ratioOf(entry, ours);
}

/** `3.10 (3.02–3.18)` */
export function ratioText({ mean, low, high }: MeanInterval): string {
  const text = (value: number): string => value.toPrecision(3);
  return low === null || high === null ? text(mean) : `${text(mean)} (${text(low)}–${text(high)})`;
}

/** The case's name in a table. */
export function caseLabel({ id, disturbance }: Pick<CaseResult, 'id' | 'disturbance'>): string {
  return disturbance === null ? id : `${id} (not idle)`;
}

/**
 * GFLOP/s of a library, and their percentage of the card's peak; null where one of the numbers is missing.
 */
export function rateOf(
  { flops }: Pick<CaseResult, 'flops'>,
  { medianMs }: Pick<Entry, 'medianMs'>,
  peak: number | null,
): { readonly gflops: number | null; readonly percent: number | null } {
  const gflops = medianMs === null || flops === null ? null : flops / medianMs / 1e6;
  return { gflops, percent: gflops === null || peak === null ? null : gflops / (10 * peak) };
}

/** Columns of the table, in order; text, so that page and terminal show the same. */
export type TableRow = Readonly<Record<string, string>>;

export function tableRows({ cases, peak }: Pick<BenchReport, 'cases' | 'peak'>): TableRow[] {
  return cases.flatMap((result) => result.entries.map((entry) => tableRow(result, entry, peak)));
}

function tableRow(result: CaseResult, entry: Entry, peak: number | null): TableRow {
  const { library, medianMs, cpuMs, firstMs, peakBytes, outcome, failure } = entry;
  const ours = result.entries.find((one) => one.library === 'ours');
  const { gflops, percent } = rateOf(result, entry, peak);
  const ratio = ratioIn(result, entry);
  return {
    case: caseLabel(result),
    library: LIBRARY_NAMES[library],
    ms: number(medianMs, 1),
    '× ours': ratio === null ? '' : ratioText(ratio),
    'CPU ms': number(cpuMs, 0),
    'GFLOP/s': number(gflops, 2),
    ...(peak === null ? {} : { '% of peak': number(percent, 1) }),
    'peak MB': number(peakBytes === null ? null : peakBytes / 1e6, 1),
    '× our MB': peakBytes === null || !ours?.peakBytes ? '' : (peakBytes / ours.peakBytes).toFixed(2),
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
export function heading(report: BenchReport): string {
  const { date, adapter, runtime, cores, versions, rounds } = report;
  const pinned = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const disturbed = report.cases.filter(({ disturbance }) => disturbance !== null);
  return [
    `${date} · adapter: ${cardName(report)} · ${cores} cores · ${runtime} · ${pinned.join(', ')} · up to ${rounds} rounds in rotation`,
    ...(adapter.fallback ? [SOFTWARE_NOTE] : []),
    ...(disturbed.length === 0 ? [] : ['The machine was not idle:']),
    ...disturbed.map(({ id, disturbance }) => `  ${id}: ${disturbance!}`),
  ].join('\n');
}

/** Whether any library failed in any case. */
export function hasFailed({ cases }: Pick<BenchReport, 'cases'>): boolean {
  return cases.some(({ entries }) => entries.some(({ failure }) => failure !== null));
}

/** Whether something else ran during any case. */
export function wasDisturbed({ cases }: Pick<BenchReport, 'cases'>): boolean {
  return cases.some(({ disturbance }) => disturbance !== null);
}

/**
 * Libraries by name.
 * @throws RangeError naming an unknown one, or if ours is missing, with which all are compared
 */
export function readLibraries(names: readonly string[]): readonly LibraryId[] {
  if (names.length === 0) return LIBRARIES;
  const unknown = names.find((name) => !LIBRARIES.some((id) => id === name));
  if (unknown !== undefined) throw new RangeError(`no library is called ${unknown}; there are ${LIBRARIES.join(', ')}`);
  if (!names.includes('ours'))
    throw new RangeError('ours is what the other libraries are compared with, so it cannot be left out');
  return LIBRARIES.filter((id) => names.includes(id));
}
