/** `--grid FILE --out FOLDER`: every run that is missing from the folder, one after the other. */
import { cellKey, logName } from '../experiment/grid/cellKey';
import { estimateCost } from '../experiment/grid/cost';
import { GridError, planGrid, remainingRun, runId } from '../experiment/grid/plan';
import { finishedCells, type KnownRun } from '../experiment/grid/results';
import { DivergedError } from '../experiment/diverged';
import type { RunRecord } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import { checkBaseline, checkModel, gridOn, knownRun, readGrid, readRuns, writeRun, writeSummary } from './gridFolder';
import { UsageError } from './options';

export interface GridBench {
  readonly run: (spec: RunSpec) => Promise<RunRecord>;
  /** The log's hash. */
  readonly logHash: string;
  /** `spec.data.id` of the runs. */
  readonly logId: string;
  /** The model that was named for all runs: its ID, and the SHA-256 of its weights; null if each recipe names its own. */
  readonly model: { readonly id: string; readonly hash: string } | null;
}

/** @throws UsageError for a grid that does not fit; runs finished before an error stay in the folder */
export async function runGrid(file: string, folder: string, baseline: string | null, bench: GridBench): Promise<string> {
  const grid = await readGrid(file);
  const log = logName(bench.logId, bench.logHash);
  const plan = planned(() => planGrid(gridOn(grid, bench.logId, bench.model?.id ?? null), log));
  checkModel(plan, bench.model?.id ?? null);
  checkBaseline(plan, baseline);
  const runs = await readRuns(folder);
  checkSameModel(folder, runs, bench.model);
  let summary = await writeSummary(folder, plan, runs, baseline);
  for (const [index, job] of plan.jobs.entries()) {
    const spec = remainingRun(job, finishedCells(runs));
    if (spec === null) {
      console.info(`run ${index + 1} of ${plan.jobs.length}: finished before`);
      continue;
    }
    console.info(
      `run ${index + 1} of ${plan.jobs.length}: ${spec.name}, seed ${spec.seed}: ${spec.arms.map(({ id }) => id).join(', ')}`,
    );
    const known = await runOne(spec, folder, log, bench);
    if (known === null) continue;
    runs.push(known);
    summary = await writeSummary(folder, plan, runs, baseline);
    const left = estimateCost(plan.jobs, finishedCells(runs), runs, { adapter: known.adapter, log });
    if (left.runs > 0)
      console.info(
        `${left.runs} runs left${left.unknown.length > 0 ? '' : `, about ${minutes(left.training + (left.overhead ?? 0))}`}`,
      );
  }
  return summary;
}

/** Its cells are found by the model's name. @throws UsageError if the folder has runs of another model with that name */
function checkSameModel(folder: string, runs: readonly KnownRun[], model: GridBench['model']): void {
  const other = runs.find((run) => run.model.id === model?.id && run.model.hash !== model.hash);
  if (other === undefined) return;
  throw new UsageError(
    `${folder} has runs of another model with the name ${other.model.id} (${other.id}, SHA-256 of its weights ${other.model.hash}). Name another folder with --out.`,
  );
}

/** Null if the loss is no longer a number: with a large rate that is a result, and the other cells still count. */
async function runOne(spec: RunSpec, folder: string, log: string, bench: GridBench): Promise<KnownRun | null> {
  const started = performance.now();
  try {
    const record = await bench.run(spec);
    const name = runId(spec.arms.map((arm) => cellKey(spec, arm, log)));
    await writeRun(folder, name, record);
    return knownRun(name, record, (performance.now() - started) / 1000);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    console.warn(error.message);
    return null;
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
