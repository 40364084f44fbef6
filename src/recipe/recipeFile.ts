/** A recipe as a file of its own: `{ format: "karma-recipe", version: 1, appVersion, spec, log }`. */
import { z } from 'zod';
import { version as ownVersion } from '../../package.json';
import { runSpecSchema, type RunSpec } from './runSpec';
import { cutLine, PATH, singleLine } from './texts';

export const recipeFileSchema = z.object({
  format: z.literal('karma-recipe'),
  version: z.literal(1),
  appVersion: singleLine(),
  spec: runSpecSchema,
  /**
   * The log that it was made on, which is not included; absent for the sample and in older files. `hash`:
   * SHA-256.
   */
  log: z.object({ name: cutLine(PATH), hash: singleLine(PATH) }).optional(),
});
type RecipeLog = NonNullable<z.infer<typeof recipeFileSchema>['log']>;

/** @param log the one that `spec.data.id` names, if it is known and not the sample */
export function writeRecipe(spec: RunSpec, log: RecipeLog | null): string {
  const file: z.infer<typeof recipeFileSchema> = {
    format: 'karma-recipe',
    version: 1,
    appVersion: ownVersion,
    spec,
    ...(log === null ? {} : { log: { name: log.name, hash: log.hash } }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
