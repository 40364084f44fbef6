import { runSpecSchema } from '../../recipe/runSpec';
import type { Asked } from '../protocol';

/** The models asked, with a recipe parsed by this version. @throws ZodError if it is invalid */
export function askedOf({ spec, recorded }: Asked): Asked {
  return { spec: runSpecSchema.parse(spec), recorded: recorded ?? null };
}
