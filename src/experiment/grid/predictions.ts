/**
 * What is predicted of a grid before it is run: differences that are expected above, below or within a
 * margin. They are part of the grid's file, and their hash goes into every record of its runs.
 */
import { z } from 'zod';
import { findMeasure } from '../../measures/measures';
import { BASELINES } from '../../measures/ranking/baselineNames';
import { FIELD } from '../../recipe/fieldMark';
import { NAME, verbatim } from '../../recipe/texts';
import { WORDS } from '../../recipe/words';
import { EXPECTATIONS } from '../../statistics/crossedMean';
import { sha256Hex } from '../../storage/sha256';
import { t } from '../../words/words';
import { canonicalJson } from './cellKey';

/** The untrained model, from which arms start. */
export const START = 'start';

const predictionSchema = z
  .object({
    /**
     * An arm of the grid. Under several settings each is one prediction, against the same setting of the
     * other arm.
     */
    arm: verbatim(NAME),
    /** Another arm, a baseline's ID, or `start`. */
    against: verbatim(NAME),
    /** `hr@10`, `cold-hr@50`, `firstHalfSinkRate`: an ID of docs/metrics.md. */
    measure: verbatim(NAME).refine((id) => findMeasure(id) !== null, {
      error: () => t('{field} must be the ID of a measure, such as hr@10.', { field: FIELD }),
    }),
    expect: z.enum(EXPECTATIONS),
    /**
     * In the measure's unit (points, nats): the least difference of `above` and `below`, the largest of
     * `equivalent`.
     */
    margin: z.number().min(0),
    /** Values of the grid's axes, by field, at which alone it is predicted. */
    where: z.record(verbatim(NAME), z.union([z.string().max(NAME), z.number(), z.boolean()])).optional(),
  })
  .strict()
  .refine(({ expect, margin }) => expect !== 'equivalent' || margin > 0, {
    path: ['margin'],
    error: () => t('{field} must be above 0 where differences are expected to be equivalent.', { field: FIELD }),
  });
export type GridPrediction = z.infer<typeof predictionSchema>;

export const predictionsSchema = z
  .array(predictionSchema)
  .min(1)
  .max(200)
  .register(WORDS, { label: 'Predictions', each: 'prediction' });

interface Predicted {
  readonly arms: readonly { readonly id: string }[];
  readonly axes: readonly { readonly path: string; readonly values: readonly unknown[] }[];
  readonly predictions?: readonly GridPrediction[] | undefined;
}

/** What predictions name that the grid does not have. */
export function unknownNames({
  arms,
  axes,
  predictions = [],
}: Predicted): { readonly path: (string | number)[]; readonly message: string }[] {
  const own = arms.map(({ id }) => id);
  return predictions.flatMap(({ arm, against, where = {} }, i) => {
    const others = [...own.filter((id) => id !== arm), ...BASELINES.map(({ id }) => id), START];
    const wrong = Object.entries(where).filter(([path, value]) => !axes.find((one) => one.path === path)?.values.includes(value));
    return [
      ...(own.includes(arm)
        ? []
        : [{ path: ['predictions', i, 'arm'], message: t('{field} must be an arm of the grid.', { field: FIELD }) }]),
      ...(others.includes(against)
        ? []
        : [
            {
              path: ['predictions', i, 'against'],
              message: t('{field} must be another arm of the grid, a baseline or start: {names}.', {
                field: FIELD,
                names: [...new Set(others)].join(', '),
              }),
            },
          ]),
      ...wrong.map(([path]) => ({
        path: ['predictions', i, 'where', path],
        message: t('{field} must be a value of that axis of the grid.', { field: FIELD }),
      })),
    ];
  });
}

/** SHA-256 of the predictions as canonical JSON; null if there are none. */
export function predictionsHash({ predictions }: Pick<Predicted, 'predictions'>): string | null {
  return predictions === undefined ? null : sha256Hex(canonicalJson(predictions));
}

/** What a run's record says about the grid for which it was run. */
export function gridOfRecord(grid: Predicted & { readonly name: string }): {
  readonly name: string;
  readonly predictionsHash: string | null;
} {
  return { name: grid.name, predictionsHash: predictionsHash(grid) };
}
