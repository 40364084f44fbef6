/**
 * RunSpec: the single schema that defines an experiment. It drives form, link, grid, command line, run file,
 * errors and documentation (docs/recipe.md). Every field has words and a default: `runSpecSchema.parse({})`
 * is the one recipe that all presets vary.
 */
import { t } from '../words/words';
import { indexProblem } from './codeIndex';
import { migrateRecipe } from './migrateRecipe';
import { FIELD } from './fieldMark';
import { z } from 'zod';
import './errorMap';
import { widestLora } from './armRecipe';
import { armsSchema } from './sections/arms';
import { dataSchema } from './sections/data';
import { evaluationSchema } from './sections/evaluation';
import { featuresSchema } from './sections/features';
import { loraSchema } from './sections/lora';
import { modelSchema, type Precision } from './sections/model';
import { objectiveSchema } from './sections/objective';
import { trainingSchema } from './sections/training';
import { WORDS } from './words';
import { singleLine } from './texts';

export * from './sections/arms';
export * from './sections/evaluation';
export * from './sections/features';
export * from './sections/lora';
export * from './sections/model';
export * from './sections/objective';

const specFields = z.object({
  version: z.literal(2).default(2),
  name: singleLine().min(1).default('Action against KARMA').register(WORDS, { label: 'Name' }),
  seed: z
    .number()
    .int()
    .min(0)
    .max(0xffffffff)
    .default(0)
    .register(WORDS, { label: 'Seed', hint: 'For everything random: batches, initial values, samples of users.' }),
  model: modelSchema.prefault({}),
  data: dataSchema.prefault({}),
  features: featuresSchema.prefault({}),
  arms: armsSchema,
  lora: loraSchema.prefault({}),
  objective: objectiveSchema.prefault({}),
  training: trainingSchema.prefault({}),
  evaluation: evaluationSchema.prefault({}),
});
const todaysSchema = specFields
  .refine(
    ({ lora, arms, training }) =>
      training.cacheMegabytes === 0 || (widestLora({ lora, arms }).firstLayer > 0 && !lora.trainInputs),
    {
      path: ['training', 'cacheMegabytes'],
      error: () =>
        t(
          '{field} needs layers that training does not change: set the first adapted layer to 1 or higher and do not train the input vectors.',
          { field: FIELD },
        ),
    },
  )
  .refine(
    ({ lora, arms }) =>
      lora.start === null || arms.every(({ rank, firstLayer }) => rank === undefined && firstLayer === undefined),
    { path: ['arms'], error: () => t('{field} must use the rank and layers of the starting adapter.', { field: FIELD }) },
  )
  .refine(({ features }) => features.source !== 'lm+words' || features.axes > 0, {
    path: ['features', 'axes'],
    error: () => t('{field} must be above 0 where item features contain words.', { field: FIELD }),
  })
  .refine(({ features }) => features.collaborative === 0 || features.axes > 0, {
    path: ['features', 'collaborative'],
    error: () => t('{field} must be 0 without principal axes of the features.', { field: FIELD }),
  })
  .refine(
    ({ objective: { headStart, interestSkip, itemInterface } }) =>
      headStart !== 'identity' || interestSkip === 'features' || itemInterface === 'semantic',
    {
      path: ['objective', 'interestSkip'],
      error: () =>
        t('{field} must be features where heads are the features themselves: h starts as nothing else.', { field: FIELD }),
    },
  )
  .refine(({ objective }) => objective.itemInterface !== 'text' || objective.embToken === 'learned', {
    path: ['objective', 'embToken'],
    error: () =>
      t('{field} must be learned where items enter as their titles: there is no token of the last item to enter at [EMB].', {
        field: FIELD,
      }),
  })
  .superRefine(({ objective, arms }, context) => {
    if (objective.actionLoss !== 'pairwise') return;
    arms.forEach(({ lambdaZ }, arm) => {
      if (lambdaZ === 0) return;
      const message = t('{field} must be 0 with the pairwise loss, which has no softmax to normalise.', { field: FIELD });
      context.addIssue({ code: 'custom', path: ['arms', arm, 'lambdaZ'], message });
    });
  })
  .superRefine((spec, context) => {
    for (const { path, message } of semanticProblems(spec)) context.addIssue({ code: 'custom', path: [...path], message });
  });
/** A recipe, of an earlier version or today's: of a record, a file, a link or the form. */
export const runSpecSchema = z.preprocess(migrateRecipe, todaysSchema);
export type RunSpec = z.infer<typeof runSpecSchema>;

/** The fields of a recipe by section, with their words. */
export const SPEC_SHAPE = specFields.shape;

/** A recipe that can be trained: records also say how arms of earlier versions began. */
export const trainableSchema = runSpecSchema.refine(
  ({ objective, arms }) =>
    objective.headStart !== 'fitted' &&
    arms.every(({ headStart }) => headStart === undefined || headStart === objective.headStart),
  {
    path: ['objective', 'headStart'],
    error: () =>
      t(
        '{field}: heads are no longer fitted before the first step, since that made rankings worse. Set it to identity (the features themselves), or to random, for all arms.',
        { field: FIELD },
      ),
  },
);

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Settings that compare embeddings of items, which semantic IDs do not have. */
function semanticProblems({ objective, arms, lora, evaluation }: z.infer<typeof specFields>): Problem[] {
  if (objective.itemInterface !== 'semantic') return [];
  const problems: Problem[] = arms.flatMap(({ lambdaItem }, arm) => {
    const message = t('{field} must be 0 with semantic IDs: L_item trains an embedding of each item, and there is none.', {
      field: FIELD,
    });
    return lambdaItem === 0 ? [] : [{ path: ['arms', arm, 'lambdaItem'], message }];
  });
  arms.forEach(({ shuffle }, arm) => {
    const message = t('{field} cannot be targets with semantic IDs: the codes of an item predict each other.', { field: FIELD });
    if (shuffle === 'target') problems.push({ path: ['arms', arm, 'shuffle'], message });
  });
  const wrong = indexProblem(objective.codeIndex);
  if (wrong !== null) problems.push({ path: ['objective', 'codeIndex'], message: wrong });
  const need = (fits: boolean, path: Problem['path'], message: string): void => {
    if (!fits) problems.push({ path, message });
  };
  need(
    objective.actionLoss === 'full',
    ['objective', 'actionLoss'],
    t('{field} must be full with semantic IDs: L_act is the cross-entropy of codes over all codes.', { field: FIELD }),
  );
  need(
    objective.embToken === 'learned',
    ['objective', 'embToken'],
    t('{field} must be learned with semantic IDs: an item has no single token that could enter at [EMB].', { field: FIELD }),
  );
  need(
    objective.interestSkip === 'none',
    ['objective', 'interestSkip'],
    t('{field} must be none with semantic IDs: the skip compares h with features of items.', { field: FIELD }),
  );
  need(
    objective.headStart !== 'identity',
    ['objective', 'headStart'],
    t('{field} must be random with semantic IDs: codes have no features that could be their embeddings.', { field: FIELD }),
  );
  need(
    objective.positions !== 'baskets',
    ['objective', 'positions'],
    t('{field} must be all or last with semantic IDs: the codes of an item predict each other.', { field: FIELD }),
  );
  need(
    objective.popularity === 0 && objective.candidates === 'all',
    ['objective', 'candidates'],
    t('{field} must be all, without popularity, with semantic IDs: the softmax is over codes.', { field: FIELD }),
  );
  need(
    objective.lambdaExp === 0,
    ['objective', 'lambdaExp'],
    t('{field} must be 0 with semantic IDs: items that were shown have no score of their own.', { field: FIELD }),
  );
  need(
    lora.start === null,
    ['lora', 'start'],
    t('{field} must be empty with semantic IDs: an adapter’s code embeddings belong to the codes that it was trained with.', {
      field: FIELD,
    }),
  );
  need(
    evaluation.protocol === 'recall',
    ['evaluation', 'protocol'],
    t('{field} must be recall with semantic IDs: beams give no score to the items of a pool or a shown list.', { field: FIELD }),
  );
  return problems;
}

/** The same recipe with products in f32, which all devices have, where its own arithmetic is missing. */
export function computable({ adapter }: { readonly adapter: { readonly f16: boolean } }, spec: RunSpec): RunSpec {
  return adapter.f16 ? spec : { ...spec, model: { ...spec.model, arithmetic: 'f32' } };
}

/** The same recipe with its frozen weights stored in that precision. */
export function withPrecision(spec: RunSpec, precision: Precision): RunSpec {
  return { ...spec, model: { ...spec.model, precision } };
}
