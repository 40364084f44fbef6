import { saveFile, slugOf } from '../../../charts/export/saveFile';
import { writeRecipe } from '../../../recipe/recipeFile';
import { useExperiment } from '../run/experiment';
import { ownLog } from './ownLog';
import { check, useRecipe } from './recipe';

/** Saves the recipe in the form, unless a field of it is wrong. */
export function saveRecipe(): void {
  const { draft } = useRecipe.getState();
  const { spec } = check(draft);
  if (spec === null) return;
  const log = ownLog(useExperiment.getState(), draft.data.id);
  saveFile(`${slugOf(spec.name)}.recipe.json`, new Blob([writeRecipe(spec, log)], { type: 'application/json' }));
}
