/**
 * Features of items that a job takes along: those from which semantic IDs are computed. Codes are those of
 * the engine only from the same features; others that differ in their last bits may start another centroid.
 * Trainers compute the features of all other recipes themselves.
 */
import type { InteractionLog } from '../../log/types';
import { TEXT_TOKENS } from '../../model/features';
import type { ModelSummary } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import { npyFile } from '../../storage/npyFile';
import { sha256Hex } from '../../storage/sha256';
import { storedMeans, type FeatureStore } from '../prepare/storedMeans';
import type { JobFile } from './jobFile';

export interface StoredFeatures {
  readonly model: Pick<ModelSummary, 'hash' | 'hidden'>;
  readonly store: FeatureStore;
}

/** Whether a recipe's codes are computed from what the model reads in the items' texts. */
export function quantises({ objective, features }: RunSpec): boolean {
  return objective.itemInterface === 'semantic' && objective.codeIndex.length === 0 && features.source.startsWith('lm');
}

/**
 * The features that the trainer finds in its cache (`karma.data.catalogue_features`); none that the store
 * lacks.
 */
export async function featureFiles(
  specs: readonly RunSpec[],
  log: InteractionLog,
  { model, store }: StoredFeatures,
): Promise<JobFile[]> {
  const files: JobFile[] = [];
  for (const template of new Set(specs.filter(quantises).map(({ data }) => data.itemTemplate))) {
    const means = await storedMeans(log, template, model, store);
    if (means === null) continue;
    const name = sha256Hex(`${log.hash} ${model.hash} ${template} ${TEXT_TOKENS}`).slice(0, 16);
    files.push({ path: `cache/features-${name}.npy`, bytes: npyFile(means, [log.items.length, model.hidden]) });
  }
  return files;
}
