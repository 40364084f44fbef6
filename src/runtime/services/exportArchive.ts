/** A model that answers here, as an archive for another program: for transformers.js as ONNX, for transformers as safetensors. */
import { loraOf } from '../../engine/trainedArm';
import { exportMerged } from '../../model/exportMerged';
import { exportOnnx } from '../../model/exportOnnx';
import type { ModelSource } from '../../model/source/modelSource';
import { BASE_MODEL } from '../../record/generation';
import { zipStreamed } from '../../storage/zipWriter';
import type { WeightFiles } from '../protocol';
import type { TextInputs } from './textPrompts';

/** @throws RangeError when no arm of that name is trained here, or the archive would be too large. */
export async function exportArchive(
  { model, arms }: Pick<TextInputs, 'model' | 'arms'>,
  source: ModelSource,
  speaker: string,
  form: WeightFiles,
): Promise<{ readonly name: string; readonly archive: Blob }> {
  const arm = arms.find(({ spec }) => spec.id === speaker);
  if (arm === undefined && speaker !== BASE_MODEL) throw new RangeError(`No arm “${speaker}” is trained here. Run first.`);
  const title = arm === undefined ? 'Base model' : `${arm.spec.label} after ${arm.step} steps`;
  const write = form === 'onnx' ? exportOnnx : exportMerged;
  const files = await write({ model, source, adapter: arm === undefined ? null : loraOf(arm), title });
  const id = model.id.replaceAll(/[^\w.-]+/g, '-');
  return { name: `${id}-${speaker}.${form}.zip`, archive: await zipStreamed(files) };
}
