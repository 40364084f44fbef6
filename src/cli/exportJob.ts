/** `--export-job FOLDER`: an experiment or a grid as a folder for PyTorch. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { logName } from '../experiment/grid/cellKey';
import { planGrid, type GridPlan } from '../experiment/grid/plan';
import type { FeatureStore } from '../experiment/prepare/storedMeans';
import { quantises } from '../experiment/job/featureFiles';
import { jobFiles, specsOf } from '../experiment/job/jobFiles';
import type { ReadLog } from '../log/readLog';
import type { StartAdapter } from '../experiment/train/startAdapter';
import { isGguf } from '../model/gguf/ggufName';
import { modelSummary } from '../model/loadModel';
import type { ModelSummary } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import { openModel } from './diskSource';
import { exportModel } from './exportModels';
import { checkGridModel, gridOn, readGrid } from './gridFolder';
import { UsageError } from './usageError';

interface Exported {
  readonly spec: RunSpec;
  readonly grid: string | null;
  readonly data: ReadLog;
  /** The model's folder, or a GGUF file. */
  readonly model: string;
  /** The adapter that arms start from. */
  readonly start: StartAdapter | null;
  /** Whether `--model` named it for all runs. */
  readonly named: boolean;
  /** Features that were computed here. */
  readonly store: FeatureStore;
}

/** Files of a model that a trainer reads. */
const MODEL_FILE = /\.(json|safetensors)$/;

/**
 * @throws UsageError if the folder is not empty or there is no such model; ModelError as `openModel` does;
 * JobError for a recipe that the PyTorch trainer does not support
 */
export async function exportJob(folder: string, { spec, grid, data, model, start, named, store }: Exported): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length > 0) {
    throw new UsageError(`${folder} is not empty. Name a new folder: a job never overwrites another.`);
  }
  const asGguf = isGguf(model);
  if (asGguf && !existsSync(model)) throw new UsageError(`${model} does not exist. Name a GGUF file, or the folder of a model.`);
  const withModel = asGguf || existsSync(path.join(model, 'config.json'));
  if (named && !withModel) throw new UsageError(`${model} has no config.json. Name the folder of a model, or a GGUF file.`);
  const plan = grid === null ? null : await planOf(grid, spec, data, named);
  const stored =
    withModel && specsOf({ spec, plan }).some(quantises) ? { model: await summaryOf(model, spec.model.id), store } : null;
  const files = await jobFiles({ spec, plan, data, withModel, start, stored });
  for (const { path: file, bytes } of files) {
    const where = path.join(folder, file);
    await mkdir(path.dirname(where), { recursive: true });
    await writeFile(where, bytes, { mode: file.endsWith('.sh') ? 0o755 : 0o644 });
  }
  if (!withModel) return;
  if (asGguf) {
    // PyTorch gets the numbers that the engine reads from the file.
    const opened = await openModel(model, spec.model.id);
    await exportModel(path.join(folder, 'model'), { ...opened, adapter: null, title: 'Base model' }, 'safetensors');
    return;
  }
  await mkdir(path.join(folder, 'model'));
  for (const file of await readdir(model)) {
    if (MODEL_FILE.test(file)) await copyFile(path.join(model, file), path.join(folder, 'model', file));
  }
}

async function summaryOf(model: string, id: string): Promise<ModelSummary> {
  return modelSummary((await openModel(model, id)).model);
}

async function planOf(file: string, { data: { id }, model }: RunSpec, { log }: ReadLog, named: boolean): Promise<GridPlan> {
  const modelId = named ? model.id : null;
  const plan = planGrid(gridOn(await readGrid(file), id, modelId), logName(id, log.hash));
  checkGridModel(plan, modelId);
  return plan;
}
