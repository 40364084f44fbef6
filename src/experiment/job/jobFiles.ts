/**
 * An experiment, or a grid of them, as a folder that PyTorch can train anywhere: recipe, log, model, trainer,
 * and what a scheduler needs. Its runs produce run files like the page's own.
 */
import type { ReadLog } from '../../log/readLog';
import { heldOut, restrictTraining } from '../../log/restrictTraining';
import { checkProtocol } from '../../measures/ranking/protocol';
import { textsOfModel } from '../../model/domainTexts/domainTexts';
import type { RunSpec } from '../../recipe/runSpec';
import { SAMPLE_LOG } from '../../log/sampleLog';
import { writeRecipe } from '../../recipe/recipeFile';
import { cellKey, logName } from '../grid/cellKey';
import type { StartAdapter } from '../train/startAdapter';
import { cellsRunId, type GridPlan } from '../grid/plan';
import { gridOfRecord } from '../grid/predictions';
import { logFiles } from './logFiles';
import { featureFiles, type StoredFeatures } from './featureFiles';
import type { JobFile } from './jobFile';
import { packageFiles } from './packageFiles';
import { readme } from './readme';

export interface JobInputs {
  readonly spec: RunSpec;
  /** The runs of the grid, if there is one. */
  readonly plan: GridPlan | null;
  readonly data: Omit<ReadLog, 'findings'>;
  /** Whether the model's folder is included as `model/`; otherwise the cluster downloads it from the hub. */
  readonly withModel: boolean;
  /** The adapter that the recipe's arms start from, if it names one. */
  readonly start: StartAdapter | null;
  /** Features that were computed here, and the model that they are of; null where that is not known. */
  readonly stored: StoredFeatures | null;
}

/** A recipe that the PyTorch trainer does not support; the message names the field. */
export class JobError extends Error {}

/** The recipes of a job: one, or those of the grid's runs. */
export function specsOf({ spec, plan }: Pick<JobInputs, 'spec' | 'plan'>): readonly RunSpec[] {
  return plan === null ? [spec] : plan.jobs.map((job) => job.spec);
}

/** @throws JobError */
export async function jobFiles({ spec, plan, data: read, withModel, start, stored }: JobInputs): Promise<JobFile[]> {
  const specs = specsOf({ spec, plan });
  for (const one of specs) {
    check(one, start);
    checkProtocol(one, read);
  }
  for (const name of ['trainingUsers', 'heldOutCategories'] as const) {
    if (new Set(specs.map((one) => one.data[name])).size > 1)
      throw new JobError(`data.${name}: all runs of a job share one log; export a job for each number.`);
  }
  const data = { ...read, split: restrictTraining(read.log, read.split, specs[0]!.data) };
  const inFull = specs.map(withPlainPrecision);
  const encoder = new TextEncoder();
  const text = (path: string, content: string): JobFile => ({ path, bytes: encoder.encode(content) });
  const log = logName(spec.data.id, data.log.hash);
  const cells = inFull.map((one) => {
    const keys = one.arms.map((arm) => cellKey(one, arm, log));
    return { id: cellsRunId(keys), keys, ...(plan !== null && { grid: gridOfRecord(plan.grid) }), spec: one };
  });
  const features = stored === null ? [] : await featureFiles(specs, data.log, stored);
  const domain = domainOf(specs);
  const described = plan === null ? spec : { ...specs[0]!, name: plan.grid.name };
  return [
    text('recipe.json', writeRecipe(inFull[0]!, spec.data.id === SAMPLE_LOG.id ? null : data.log)),
    ...(plan === null ? [] : [text('cells.json', `${JSON.stringify(cells, null, 1)}\n`)]),
    ...(plan === null ? [] : [text('runs/grid.json', `${JSON.stringify(plan.grid, null, 2)}\n`)]),
    text('mapping.json', `${JSON.stringify(data.recipe, null, 2)}\n`),
    text(
      'README.md',
      readme({
        spec: described,
        runs: plan === null ? null : cells.length,
        log: data.log.name,
        withModel,
        withFeatures: features.length > 0,
        withDomain: domain !== null,
      }),
    ),
    ...(await logFiles(spec.data.id, data, heldOut(read.log, specs[0]!.data.heldOutCategories))),
    ...features,
    ...(domain === null ? [] : [text('domain.json', `${JSON.stringify(domain, null, 1)}\n`)]),
    ...(start === null ? [] : [...start.files].map(([name, bytes]): JobFile => ({ path: `start/${name}`, bytes }))),
    ...packageFiles(),
  ];
}

/**
 * Texts of its domain that come with the model, for recipes without texts of their own; null if no recipe
 * needs them.
 */
function domainOf(specs: readonly RunSpec[]): { readonly model: string; readonly texts: readonly string[] } | null {
  const needing = specs.find(({ model, evaluation }) => evaluation.domainTexts.length === 0 && textsOfModel(model.id).length > 0);
  return needing === undefined ? null : { model: needing.model.id, texts: textsOfModel(needing.model.id) };
}

/** PyTorch computes in f32, in whatever precision the page stores and multiplies weights. */
function withPlainPrecision(spec: RunSpec): RunSpec {
  return { ...spec, model: { ...spec.model, precision: 'f32', arithmetic: 'f32' } };
}

function check({ lora }: RunSpec, start: StartAdapter | null): void {
  if (lora.start !== null && lora.start !== start?.name)
    throw new JobError(
      `lora.start: the adapter ${lora.start} is not open here. Open its folder or ZIP again, or name its folder with --start-from.`,
    );
}
