/** The recipe on a log other than the sample: what of it depends on a log. Pure. */
import { runSpecSchema, type RunSpec } from './runSpec';
import { EMBEDDED_MODEL } from './sections/model';

/** Maximum size of the matrix whose principal axes are found, the smaller of its rows and columns. */
export const MOST_AXIS_ROWS = 4096;
/** Passes over the users. */
const EPOCHS = 3;
/** Hidden size of the embedded model: without categories, there are no more axes. */
const EMBEDDED_WIDTH = 128;
const USUAL_STEPS = runSpecSchema.parse({}).training.steps;

export interface LogFacts {
  readonly id: string;
  readonly users: number;
  readonly items: number;
  /** Nodes of the items' category paths; absent if categories have no levels. */
  readonly categoryNodes?: number | undefined;
}

/** The fields that may differ from a preset's on another log. */
export const FIELDS_OF_LOG = [
  ...(['features.source', 'features.axes', 'features.collaborative'] as const),
  ...(['objective.embeddingSize', 'training.steps'] as const),
] as const;

/** A recipe that runs on that log: category paths only where there are some, axes only of matrices that do not take too long, three passes. */
export function recipeForLog(spec: RunSpec, { id, users, items, categoryNodes = 0 }: LogFacts): RunSpec {
  if (id === 'sample') return spec;
  const { features, model, objective, training } = spec;
  const byPath = features.source === 'lm+visual' && features.visual === 'category-path';
  const paths = categoryNodes > 0 && Math.min(items, EMBEDDED_WIDTH + categoryNodes) <= MOST_AXIS_ROWS;
  const source = byPath && !paths ? ('lm' as const) : features.source;
  const narrow = source === 'lm' && model.id === EMBEDDED_MODEL;
  const axes = narrow ? Math.min(features.axes, EMBEDDED_WIDTH) : features.axes;
  const collaborative = axes === 0 || Math.min(users, items) > MOST_AXIS_ROWS ? 0 : features.collaborative;
  const width = axes * (collaborative > 0 ? 2 : 1);
  const embeddingSize = objective.headStart === 'identity' && axes > 0 ? width : objective.embeddingSize;
  const steps = training.steps === USUAL_STEPS ? Math.max(1, Math.floor((EPOCHS * users) / training.batchSize)) : training.steps;
  return {
    ...spec,
    features: { ...features, source, axes, collaborative },
    objective: { ...objective, embeddingSize },
    training: { ...training, steps },
  };
}
