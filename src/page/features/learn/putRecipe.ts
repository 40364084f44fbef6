import type { PresetId } from '../../../recipe/presets';
import type { RunSpec } from '../../../recipe/runSpec';
import { setRecipe, useRecipe } from '../../state/recipe/recipe';
import { setView } from '../../state/view/view';

/** Puts a recipe of the lessons on the page, and shows it. The log that the user opened is kept. */
export function putRecipe({ preset, spec }: { readonly preset: PresetId; readonly spec: RunSpec }): void {
  setRecipe(preset, { ...spec, data: { ...spec.data, id: useRecipe.getState().draft.data.id } });
  setView({ centre: 'try', recipeOpen: true });
}
