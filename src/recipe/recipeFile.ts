/** A recipe as a file of its own: `{ format: "karma-recipe", version: 1, appVersion, spec }`. */
import { z } from 'zod';
import packageJson from '../../package.json';
import { runSpecSchema, type RunSpec } from './runSpec';

export const recipeFileSchema = z.object({
  format: z.literal('karma-recipe'),
  version: z.literal(1),
  appVersion: z.string(),
  spec: runSpecSchema,
});

export function writeRecipe(spec: RunSpec): string {
  const file: z.infer<typeof recipeFileSchema> = {
    format: 'karma-recipe',
    version: 1,
    appVersion: packageJson.version,
    spec,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
