/** What a person did on the page, kept in localStorage between visits: the recipe's draft, what is looked at, the run that is shown. */
import { z } from 'zod';
import { PRESETS, type PresetId } from '../../recipe/presets';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import { readLocalJson, writeLocal } from './local';
import { useRecipe } from './recipe';
import { CENTRES, useView, X_AXES, type View } from './view';

const RECIPE = 'karma-recipe';
const VIEW = 'karma-view';

/** The draft may have fields to correct, so it is kept as it is, and opened only where it is a recipe. */
const recipeSchema = z.object({ presetId: z.string(), draft: runSpecSchema });

/** Of the view what survives a visit. What is under the pointer, and what a record brings with it, does not. */
const KEPT = [
  'layer',
  'head',
  'probe',
  'logColour',
  'gridMeasure',
  'closer',
  'xAxis',
  'smoothing',
  'lossLog',
  'recipeOpen',
  'side',
  'centre',
  'band',
] as const;
type KeptView = Pick<View, (typeof KEPT)[number]>;

const viewSchema = z
  .object({
    layer: z.number().int().min(0).max(1023),
    head: z.number().int().min(0).max(1023),
    probe: z.number().int().nonnegative(),
    logColour: z.boolean(),
    gridMeasure: z.enum([
      'itemSinkRate',
      'itemAlpha',
      'firstAlpha',
      'barcode',
      'embEntropy',
      'contentCorrelation',
      'pictureAlpha',
    ]),
    closer: z.enum(['layers', 'spectra', 'plane']),
    xAxis: z.enum(X_AXES),
    smoothing: z.number().min(0).max(1),
    lossLog: z.boolean(),
    recipeOpen: z.boolean(),
    side: z.enum(['profile', 'methods']).nullable(),
    centre: z.enum(CENTRES),
    band: z.string(),
  })
  .partial();

/** Null if nothing is kept, or nothing that this version reads. */
export function keptRecipe(): { readonly presetId: PresetId; readonly draft: RunSpec } | null {
  const parsed = recipeSchema.safeParse(readLocalJson(RECIPE));
  if (!parsed.success) return null;
  const preset = PRESETS.find(({ id }) => id === parsed.data.presetId);
  return preset ? { presetId: preset.id, draft: parsed.data.draft } : null;
}

export function keptView(): Partial<KeptView> {
  const parsed = viewSchema.safeParse(readLocalJson(VIEW));
  return parsed.success ? (parsed.data as Partial<KeptView>) : {};
}

/** Keeps recipe and view from now on, as they change. @returns how to stop */
export function keepState(): () => void {
  const stopRecipe = useRecipe.subscribe(({ presetId, draft }) => {
    writeLocal(RECIPE, JSON.stringify({ presetId, draft }));
  });
  const stopView = useView.subscribe((view, before) => {
    if (KEPT.some((name) => view[name] !== before[name]))
      writeLocal(VIEW, JSON.stringify(Object.fromEntries(KEPT.map((name) => [name, view[name]]))));
  });
  return () => {
    stopRecipe();
    stopView();
  };
}
