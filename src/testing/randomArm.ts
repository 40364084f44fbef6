/** Untrained arms with LoRA matrices that change a model's output. */
import { forkRandom } from '../log/random';
import { layOutParameters } from '../engine/parameters';
import type { TrainedArm } from '../engine/trainedArm';
import type { DecoderConfig } from '../model/decoderConfig';
import { armSchema, runSpecSchema } from '../recipe/runSpec';

export function randomArm(config: DecoderConfig, id: string): TrainedArm {
  const spec = runSpecSchema.parse({ version: 1 });
  const layout = layOutParameters(config, spec, { items: 0 });
  const random = forkRandom(0, id);
  const flat = Float32Array.from({ length: layout.size }, () => 0.05 * random.normal());
  return { spec: armSchema.parse({ id, label: id }), step: 3, layout, flat };
}
