/**
 * A grid's folder: `grid.json`, a run file for every run, with or without gzip, `diverged.json` with the
 * cells whose loss stopped being a number, if there are any, `summary.md`, `differences.svg` and, if it
 * varies a number such as the learning rate, `sweep.svg`. Any runs in the folder fill cells, so a grid can be
 * resumed.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { RankedSplit } from '../measures/measure';
import { measuresShown } from '../measures/measures';
import { gridSchema, type GridSpec } from '../experiment/grid/gridSpec';
import { gridMatrix, hasValues, type DivergedCells } from '../experiment/grid/matrix';
import { planGrid, type GridPlan } from '../experiment/grid/plan';
import { RATE, sweepOf, sweptPath, type Sweep } from '../experiment/grid/sweep';
import { predictionReport, withoutTraining } from '../experiment/grid/outcomes';
import { storedRun } from '../experiment/grid/storedRun';
import { finishedCells, knownRun, type KnownRun } from '../experiment/grid/results';
import { logName } from '../experiment/grid/cellKey';
import { runRecordSchema, type RunRecord } from '../record/runRecord';
import { forestSvg } from './forestSvg';
import { sweepSvg } from './sweepSvg';
import { baselinesMarkdown, matrixMarkdown, predictionsMarkdown, withoutTrainingMarkdown } from './gridReport';
import { gridTable } from '../paper/tables/gridTable';
import type { ResultsTable } from '../paper/tables/resultsTable';
import { unfit } from './options';
import { UsageError } from './usageError';
import { readJsonFile } from './readJson';
import { writeWhole } from './writeWhole';
import { cutPassage, verbatim } from '../recipe/texts';

const SUFFIX = '.run.json';
const PACKED = `${SUFFIX}.gz`;

/** @throws UsageError naming the first field that is wrong */
export async function readGrid(file: string): Promise<GridSpec> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
  const parsed = gridSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw unfit(parsed.error, gridSchema, `${file}: `);
}

/** The grid on a log and, if one is named, on a model. */
export function gridOn({ base, ...grid }: GridSpec, logId: string, modelId: string | null): GridSpec {
  const model = modelId === null ? base.model : { ...base.model, id: modelId };
  return { ...grid, base: { ...base, data: { ...base.data, id: logId }, model } };
}

/** @throws UsageError if rows of the grid name models of their own, although one is named for all */
export function checkGridModel({ jobs }: GridPlan, modelId: string | null): void {
  if (modelId === null || jobs.every(({ spec }) => spec.model.id === modelId)) return;
  throw new UsageError('The grid varies the model, but --model names one for all runs. Leave one of the two out.');
}

/** The folder's runs. @throws UsageError for an unreadable run file, since it may be a result */
export async function readRuns(folder: string): Promise<KnownRun[]> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX) || name.endsWith(PACKED)).sort();
  const runs: KnownRun[] = [];
  for (const name of names) {
    try {
      runs.push(knownRun(name, await readRecordFile(path.join(folder, name))));
    } catch (error) {
      throw new UsageError(`${path.join(folder, name)} is not a run of this version; remove it. (${(error as Error).message})`);
    }
  }
  return runs;
}

/** @param name of the run, without suffix */
export async function writeRun(folder: string, name: string, record: RunRecord): Promise<void> {
  await writeWhole(path.join(folder, `${name}${SUFFIX}`), JSON.stringify(record));
}

const DIVERGED = 'diverged.json';
const divergedSchema = z.record(verbatim(), cutPassage());

/**
 * What is known of cells whose loss stopped being a number, by key.
 * @throws UsageError for an unreadable file
 */
export async function readDiverged(folder: string): Promise<Map<string, string>> {
  const file = path.join(folder, DIVERGED);
  if (!existsSync(file)) return new Map();
  try {
    return new Map(Object.entries(divergedSchema.parse(await readJsonFile(file))));
  } catch (error) {
    throw new UsageError(`${file} cannot be read; remove it. (${(error as Error).message})`);
  }
}

export async function writeDiverged(folder: string, diverged: ReadonlyMap<string, string>): Promise<void> {
  await writeWhole(path.join(folder, DIVERGED), `${JSON.stringify(Object.fromEntries(diverged), null, 2)}\n`);
}

/** The matrix of what is finished so far, and the files in which a folder keeps it, made on demand. */
interface Summary {
  readonly text: string;
  /** Tables for a paper. */
  readonly table: () => ResultsTable;
  readonly files: () => Readonly<Record<string, string>>;
}

function summaryOf(
  plan: GridPlan,
  runs: readonly KnownRun[],
  diverged: DivergedCells,
  baseline: string | null,
  targets: RankedSplit | null = null,
): Summary {
  const results = finishedCells(runs);
  const rows = gridMatrix(plan, results, measuresShown(plan.grid.base.evaluation.ks, targets), baseline, diverged);
  const read = { plan, rows, results, runs };
  const text = [
    matrixMarkdown(plan, rows, baseline),
    predictionsMarkdown(predictionReport(read, diverged)),
    withoutTrainingMarkdown(rows, withoutTraining(read)),
    baselinesMarkdown(plan, runs),
  ]
    .filter(Boolean)
    .join('\n\n');
  const files = (): Readonly<Record<string, string>> => {
    const sweep = sweepOf(plan, results, { log: plan.grid.base.data.id, record: null });
    const drawn = sweep && `![Ranking, sinks and drift over ${sweep.label}](sweep.svg)\n\n`;
    return {
      'summary.md': `${text}\n\n${drawn ?? ''}![Differences from the baseline](differences.svg)\n`,
      'differences.svg': forestSvg(rows, baseline),
      ...(sweep && { 'sweep.svg': sweepSvg(sweep) }),
    };
  };
  const log = runs[0]?.data.name ?? plan.grid.base.data.id;
  return { text, table: () => gridTable(plan, results, rows, { baseline, log }), files };
}

/**
 * Writes the grid and the matrix of what is finished so far, as text and as forest plots, and returns the
 * text.
 */
export async function writeSummary(
  folder: string,
  plan: GridPlan,
  runs: readonly KnownRun[],
  diverged: DivergedCells,
  baseline: string | null,
): Promise<string> {
  const { text, files } = summaryOf(plan, runs, diverged, baseline);
  await writeWhole(path.join(folder, 'grid.json'), `${JSON.stringify(plan.grid, null, 2)}\n`);
  for (const [name, content] of Object.entries(files())) await writeFile(path.join(folder, name), content);
  return text;
}

/**
 * Writes a folder's grid, tables and plots to another one with what is stored of each run, compressed.
 * @returns what was written @throws UsageError if there is something already
 */
export async function storeFolder(folder: string, to: string, baseline: string | null): Promise<string> {
  if (existsSync(to) && (await readdir(to)).length > 0) throw new UsageError(`${to} is not empty. Name a new folder.`);
  const { plan, runs } = await readFolder(folder);
  const diverged = await readDiverged(folder);
  checkBaseline(plan, baseline);
  await mkdir(to, { recursive: true });
  let [before, after] = [0, 0];
  for (const { id } of runs) {
    const record = await readRecordFile(path.join(folder, id));
    const packed = gzipSync(JSON.stringify(storedRun(record)), { level: 9 });
    before += gzipSync(JSON.stringify(record), { level: 9 }).length;
    after += packed.length;
    await writeWhole(path.join(to, `${id.replace(/\.run\.json(?:\.gz)?$/, '')}${PACKED}`), packed);
  }
  if (diverged.size > 0) await writeDiverged(to, diverged);
  await writeSummary(to, plan, await readRuns(to), diverged, baseline);
  const bytes = (count: number): string => count.toLocaleString('en');
  return `${to}: ${runs.length} runs in ${bytes(after)} bytes (${bytes(before)} with maps, texts and the losses of all steps)`;
}

/** The message if runs have no measure for the requested targets. */
export function noneOfTargets(targets: RankedSplit): string {
  return `--targets: these runs have no measure of ${targets} targets: none of their targets is one, or they are of a version that did not measure it.`;
}

/** @throws UsageError if the grid has no such row */
export function checkBaseline({ variants }: GridPlan, baseline: string | null): void {
  if (baseline === null || variants.some(({ id }) => id === baseline)) return;
  throw new UsageError(`There is no row ${baseline}; the grid has: ${variants.map(({ id }) => id).join('; ')}.`);
}

/**
 * The matrix of a grid's folder.
 * @param targets null for the main measures of all
 * @throws UsageError
 */
export async function summariseFolder(
  folder: string,
  baseline: string | null,
  targets: RankedSplit | null = null,
): Promise<Summary> {
  const { plan, runs } = await readFolder(folder);
  const diverged = await readDiverged(folder);
  checkBaseline(plan, baseline);
  if (targets !== null) {
    const measures = measuresShown(plan.grid.base.evaluation.ks, targets);
    const results = finishedCells(runs);
    if (!hasValues(gridMatrix(plan, results, measures, baseline, diverged), results, measures))
      throw new UsageError(noneOfTargets(targets));
  }
  return summaryOf(plan, runs, diverged, baseline, targets);
}

/**
 * The sweep that a folder's grid found along the number that it varies, or at its one learning rate, to ship
 * with the site.
 * @throws UsageError if there is none
 */
export async function sweepOfFolder(folder: string): Promise<Sweep> {
  const { plan, runs } = await readFolder(folder);
  const results = finishedCells(runs);
  const [cell] = results.values();
  if (cell === undefined) throw new UsageError(`${folder} has no finished run of this version and grid.`);
  const record = await readRecordFile(path.join(folder, cell.run));
  return sweepOf(plan, results, { log: record.data.name, record, path: sweptPath(plan) ?? RATE })!;
}

async function readFolder(folder: string): Promise<{ readonly plan: GridPlan; readonly runs: readonly KnownRun[] }> {
  const grid = await readGrid(path.join(folder, 'grid.json'));
  const runs = await readRuns(folder);
  const [first] = runs;
  if (!first) throw new UsageError(`${folder} has no run files.`);
  return { plan: planGrid(grid, logName(first.spec.data.id, first.data.hash)), runs };
}

/** A run file, with or without gzip. */
export async function readRecordFile(file: string): Promise<RunRecord> {
  return runRecordSchema.parse(await readJsonFile(file));
}
