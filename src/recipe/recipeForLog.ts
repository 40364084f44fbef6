/** The recipe on a log other than the sample: what of it depends on a log. Pure. */
import type { LogRecipe } from './logRecipe';
import { runSpecSchema, type RunSpec } from './runSpec';
import { EMBEDDED_MODEL } from './sections/model';

/** Maximum size of the matrix whose principal axes are found, the smaller of its rows and columns. */
export const MOST_AXIS_ROWS = 4096;
/** Passes over the users. */
const EPOCHS = 3;
/** Hidden size of the embedded model: without categories, there are no more axes. */
const EMBEDDED_WIDTH = 128;
/**
 * Length of the factors and weight of the last item where words are the content, which says less of what a
 * user wants than categories.
 */
const BESIDE_WORDS = { collaborative: 1, skipLast: 0.1 };
const USUAL = runSpecSchema.parse({});

export interface LogDescription {
  readonly id: string;
  readonly users: number;
  readonly items: number;
  /** Nodes of the items' category paths; absent if categories have no levels. */
  readonly categoryNodes?: number | undefined;
  readonly recipe?: { readonly split: Pick<LogRecipe['split'], 'kind'> } | undefined;
}

/** The fields that may differ from a preset's on another log. */
export const FIELDS_OF_LOG = [
  ...(['features.source', 'features.axes', 'features.collaborative'] as const),
  ...(['objective.embeddingSize', 'objective.skipLast', 'objective.positions', 'training.steps'] as const),
] as const;

/**
 * A recipe that runs on that log: category paths only where there are some, else words, axes only of matrices
 * that do not take too long, three passes, and baskets predicted where they are held out.
 */
export function recipeForLog(spec: RunSpec, { id, users, items, categoryNodes = 0, recipe }: LogDescription): RunSpec {
  if (id === 'sample') return spec;
  const { features, model, objective, training } = spec;
  const source = sourceFor(features, items, categoryNodes);
  const beside = source === 'lm+words' && source !== features.source ? BESIDE_WORDS : null;
  const narrow = source === 'lm' && model.id === EMBEDDED_MODEL;
  const axes = narrow ? Math.min(features.axes, EMBEDDED_WIDTH) : features.axes;
  const length =
    beside !== null && features.collaborative === USUAL.features.collaborative ? beside.collaborative : features.collaborative;
  const collaborative = axes === 0 || Math.min(users, items) > MOST_AXIS_ROWS ? 0 : length;
  const width = axes * (collaborative > 0 ? 2 : 1);
  const embeddingSize = objective.headStart === 'identity' && axes > 0 ? width : objective.embeddingSize;
  const skipLast = beside !== null && objective.skipLast === USUAL.objective.skipLast ? beside.skipLast : objective.skipLast;
  const ordered = recipe?.split.kind !== 'last-basket' || objective.itemInterface === 'semantic';
  const positions = ordered || objective.positions !== USUAL.objective.positions ? objective.positions : ('baskets' as const);
  const steps =
    training.steps === USUAL.training.steps ? Math.max(1, Math.floor((EPOCHS * users) / training.batchSize)) : training.steps;
  return {
    ...spec,
    features: { ...features, source, axes, collaborative },
    objective: { ...objective, embeddingSize, skipLast, positions },
    training: { ...training, steps },
  };
}

/**
 * Words in place of category paths where there are none, and the language model alone where items are too
 * many for them.
 */
function sourceFor({ source, visual, axes }: RunSpec['features'], items: number, nodes: number): RunSpec['features']['source'] {
  if (source !== 'lm+visual' || visual !== 'category-path') return source;
  if (nodes > 0 && Math.min(items, EMBEDDED_WIDTH + nodes) <= MOST_AXIS_ROWS) return source;
  return axes > 0 && items <= MOST_AXIS_ROWS ? 'lm+words' : 'lm';
}
