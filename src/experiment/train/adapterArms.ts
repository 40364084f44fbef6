/** The arms of a run that ended elsewhere, from the adapters that it wrote. */
import { layOutParameters, widened, type CatalogueShape, type ParameterLayout } from '../../engine/parameters';
import { readAdapter } from '../../engine/peft/read';
import type { TrainedArm } from '../../engine/trainedArm';
import type { LoadedModel } from '../../model/loadedModel';
import { armLora } from '../../recipe/armRecipe';
import type { RunSpec } from '../../recipe/runSpec';
import { checkTrainedOn, type AdapterFiles } from './startAdapter';

/** The layouts that adapters are read into. */
export interface AdapterPlace {
  readonly spec: RunSpec;
  readonly model: Pick<LoadedModel, 'id' | 'hash' | 'config'>;
  readonly catalogue: CatalogueShape;
  /** Shared by all arms, with room for the largest LoRA. */
  readonly layout: ParameterLayout;
}

/**
 * Arms as they stood after their last step, in the recipe's order; those without an adapter are left out.
 * @param adapters by arm, heads included
 * @throws ModelError if one does not fit the recipe, or was trained on other weights
 */
export function armsOfAdapters(
  adapters: ReadonlyMap<string, AdapterFiles>,
  { spec, model, catalogue, layout }: AdapterPlace,
): TrainedArm[] {
  return spec.arms.flatMap((arm): TrainedArm[] => {
    const files = adapters.get(arm.id);
    if (files === undefined) return [];
    checkTrainedOn(files, arm.label, model);
    const { config } = model;
    const own = layOutParameters(config, { ...spec, lora: armLora(spec, arm) }, catalogue);
    const flat = widened(own, readAdapter(files, config, own, new Float32Array(own.size)), layout);
    return [{ spec: arm, step: spec.training.steps, layout: { ...layout, loraScale: own.loraScale }, flat }];
  });
}
