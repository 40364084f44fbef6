import { runSpecSchema } from '../../recipe/runSpec';
import type { Asked } from '../protocol';

/** Who is asked, with a recipe as this version reads it. @throws ZodError for none */
export function askedOf({ spec, recorded }: Asked): Asked {
  return { spec: runSpecSchema.parse(spec), recorded: recorded ?? null };
}
