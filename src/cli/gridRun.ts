/** `--grid FILE --out FOLDER`: every run that is missing from the folder, one after the other. */
import { cellKey, logName } from '../experiment/grid/cellKey';
import { estimateCost } from '../experiment/grid/cost';
import { GridError, planGrid, remainingRun, cellsRunId } from '../experiment/grid/plan';
import type { GridSpec } from '../experiment/grid/gridSpec';
import { gridOfRecord } from '../experiment/grid/predictions';
import { finishedCells, knownRun, type KnownRun } from '../experiment/grid/results';
import { DivergedError } from '../experiment/train/diverged';
import type { RunRecord } from '../record/runRecord';
import type { ArmSpec, RunSpec } from '../recipe/runSpec';
import {
  checkBaseline,
  checkGridModel,
  gridOn,
  readDiverged,
  readGrid,
  readRuns,
  writeDiverged,
  writeRun,
  writeSummary,
} from './gridFolder';
import { UsageError } from './usageError';

export interface GridBench {
  readonly run: (spec: RunSpec) => Promise<RunRecord>;
  /** The log's hash. */
  readonly logHash: string;
  /** `spec.data.id` of the runs. */
  readonly logId: string;
  /**
   * The model that was named for all runs: its ID, and the SHA-256 of its weights; null if each recipe names
   * its own.
   */
  readonly model: { readonly id: string; readonly hash: string } | null;
}

/** @throws UsageError for a grid that does not fit; runs finished before an error stay in the folder */
export async function runGrid(file: string, folder: string, baseline: string | null, bench: GridBench): Promise<string> {
  const grid = await readGrid(file);
  const log = logName(bench.logId, bench.logHash);
  const plan = planned(() => planGrid(gridOn(grid, bench.logId, bench.model?.id ?? null), log));
  checkGridModel(plan, bench.model?.id ?? null);
  checkBaseline(plan, baseline);
  const runs = await readRuns(folder);
  checkSameModel(folder, runs, bench.model);
  const diverged = await readDiverged(folder);
  const done = () => settled(finishedCells(runs), diverged);
  let summary = await writeSummary(folder, plan, runs, diverged, baseline);
  for (const [index, job] of plan.jobs.entries()) {
    const place = `run ${index + 1} of ${plan.jobs.length}`;
    let spec = remainingRun(job, done());
    if (spec === null) console.info(`${place}: ${job.cells.some(({ key }) => diverged.has(key)) ? 'ended' : 'finished'} before`);
    let known: KnownRun | null = null;
    // An arm that diverges ends its run: the others are trained again without it.
    while (spec !== null && known === null) {
      console.info(`${place}: ${spec.name}, seed ${spec.seed}: ${spec.arms.map(({ id }) => id).join(', ')}`);
      const outcome = await runOne(spec, folder, log, plan.grid, bench);
      if (outcome instanceof DivergedError) {
        for (const arm of divergedArms(spec, outcome)) diverged.set(cellKey(spec, arm, log), outcome.message);
        await writeDiverged(folder, diverged);
      } else {
        known = outcome;
        runs.push(known);
      }
      summary = await writeSummary(folder, plan, runs, diverged, baseline);
      spec = remainingRun(job, done());
    }
    if (known === null) continue;
    const left = estimateCost(plan.jobs, done(), runs, { adapter: known.adapter, log });
    if (left.runs > 0)
      console.info(
        `${left.runs} runs left${left.unknown.length > 0 ? '' : `, about ${minutes(left.training + (left.overhead ?? 0))}`}`,
      );
  }
  return summary;
}

/**
 * Its cells are found by the model's name.
 * @throws UsageError if the folder has runs of another model with that name
 */
function checkSameModel(folder: string, runs: readonly KnownRun[], model: GridBench['model']): void {
  const other = runs.find((run) => run.model.id === model?.id && run.model.hash !== model.hash);
  if (other === undefined) return;
  throw new UsageError(
    `${folder} has runs of another model with the name ${other.model.id} (${other.id}, SHA-256 of its weights ${other.model.hash}). Name another folder with --out.`,
  );
}

/** Cells that need no run: those with numbers, and those that diverged. */
function settled(finished: ReadonlyMap<string, unknown>, diverged: ReadonlyMap<string, string>): { has(key: string): boolean } {
  return { has: (key) => finished.has(key) || diverged.has(key) };
}

/** The arm that diverged; all of the run if it was a baseline, which all share. */
function divergedArms({ arms }: RunSpec, { arm }: DivergedError): readonly ArmSpec[] {
  const own = arms.filter(({ id }) => id === arm);
  return own.length > 0 ? own : arms;
}

/**
 * The error if the loss is no longer a number: with a large rate that is a result, and the other cells still
 * count.
 */
async function runOne(
  spec: RunSpec,
  folder: string,
  log: string,
  grid: GridSpec,
  bench: GridBench,
): Promise<KnownRun | DivergedError> {
  const started = performance.now();
  try {
    const record = { ...(await bench.run(spec)), grid: gridOfRecord(grid) };
    const name = cellsRunId(spec.arms.map((arm) => cellKey(spec, arm, log)));
    await writeRun(folder, name, record);
    return knownRun(name, record, (performance.now() - started) / 1000);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    console.warn(error.message);
    return error;
  }
}

function planned<T>(plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    if (error instanceof GridError) throw new UsageError(error.message);
    throw error;
  }
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
