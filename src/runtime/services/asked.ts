import { runSpecSchema } from '../../recipe/runSpec';
import type { ModelQuery } from '../protocol';

/** The models asked, with a recipe parsed by this version. @throws ZodError if it is invalid */
export function askedOf({ spec, recorded }: ModelQuery): ModelQuery {
  return { spec: runSpecSchema.parse(spec), recorded: recorded ?? null };
}
