/**
 * The user's state, kept in localStorage between visits: the recipe's draft with its changes, the view, the
 * run that is shown.
 */
import { z } from 'zod';
import { PRESETS } from '../../../recipe/presets';
import { runSpecSchema } from '../../../recipe/runSpec';
import { readLocalJson, writeLocal } from '../kept/local';
import { useRecipe, type RecipeState } from '../recipe/recipe';
import { useRecipeHistory, type RecipeHistory } from '../recipe/recipeHistory';
import { useView, type View } from '../view/view';
import { CENTRES, X_AXES } from '../../../readings/choices';
import { parseKept, verbatim } from '../../../recipe/texts';

const RECIPE = 'karma-recipe';
const VIEW = 'karma-view';

/**
 * The draft may have fields to correct, so it is stored unchecked, and opened only if it is a valid recipe.
 */
const recipeSchema = z.object({ presetId: verbatim(), draft: runSpecSchema });

/**
 * The parts of the view that are kept between visits. What is under the pointer, and what comes with a
 * record, is not.
 */
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
      'firstHalfSinkRate',
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
    band: verbatim(),
  })
  .partial();

/**
 * Changes to either side of the draft that are kept, and characters of them: a recipe may hold many texts.
 */
const MOST_CHANGES = 20;
const MOST_KEPT_CHARACTERS = 200_000;

function readRecipe(value: unknown): RecipeState | null {
  const kept = parseKept(recipeSchema, value);
  const preset = kept && PRESETS.find(({ id }) => id === kept.presetId);
  return preset ? { presetId: preset.id, draft: kept.draft } : null;
}

/** The nearest of them, up to the first that this version cannot read, beyond which none can be reached. */
function readChanges(values: unknown): RecipeState[] {
  const changes: RecipeState[] = [];
  for (const value of Array.isArray(values) ? values.slice(0, MOST_CHANGES) : []) {
    const recipe = readRecipe(value);
    if (recipe === null) break;
    changes.push(recipe);
  }
  return changes;
}

/** Null if nothing is stored, or nothing that this version can read. */
export function keptRecipe(): (RecipeState & { readonly history: RecipeHistory }) | null {
  const kept = readLocalJson(RECIPE);
  const recipe = readRecipe(kept);
  if (recipe === null) return null;
  const { undo, redo } = kept as { readonly undo?: unknown; readonly redo?: unknown };
  return { ...recipe, history: { past: readChanges(undo).reverse(), future: readChanges(redo) } };
}

/** Draft and changes under one key, so that they always belong together. */
function writeRecipe(): void {
  const { presetId, draft } = useRecipe.getState();
  const { past, future } = useRecipeHistory.getState();
  const near = (changes: readonly RecipeState[]): readonly RecipeState[] => {
    let characters = 0;
    return changes.slice(0, MOST_CHANGES).filter((one) => (characters += JSON.stringify(one).length) <= MOST_KEPT_CHARACTERS);
  };
  writeLocal(RECIPE, JSON.stringify({ presetId, draft, undo: near(past.toReversed()), redo: near(future) }));
}

export function keptView(): Partial<KeptView> {
  const parsed = viewSchema.safeParse(readLocalJson(VIEW));
  return parsed.success ? (parsed.data as Partial<KeptView>) : {};
}

/** Stores the view as it is: one that a link chose is that of the next visit, too. */
export function keepView(): void {
  const view = useView.getState();
  writeLocal(VIEW, JSON.stringify(Object.fromEntries(KEPT.map((name) => [name, view[name]]))));
}

/** Stores recipe and view from now on, as they change. @returns a function that stops this */
export function keepState(): () => void {
  const stopRecipe = useRecipe.subscribe(writeRecipe);
  const stopHistory = useRecipeHistory.subscribe(writeRecipe);
  const stopView = useView.subscribe((view, before) => {
    if (KEPT.some((name) => view[name] !== before[name])) keepView();
  });
  return () => {
    stopRecipe();
    stopHistory();
    stopView();
  };
}
