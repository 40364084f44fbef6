/** A model that generates text here, as an archive that transformers.js can load once unpacked. */
import { loraOf } from '../../engine/trainedArm';
import { exportOnnx } from '../../model/exportOnnx';
import type { ModelSource } from '../../model/source/modelSource';
import { BASE_MODEL } from '../../record/generation';
import { zipFiles } from '../../storage/zipWriter';
import type { TextInputs } from './textPrompts';

/** @throws RangeError when no arm of that name is trained here, or the archive would be too large. */
export async function exportArchive(
  { model, arms }: Pick<TextInputs, 'model' | 'arms'>,
  source: ModelSource,
  speaker: string,
): Promise<{ readonly name: string; readonly archive: Blob }> {
  const arm = arms.find(({ spec }) => spec.id === speaker);
  if (arm === undefined && speaker !== BASE_MODEL) throw new RangeError(`No arm “${speaker}” is trained here. Run first.`);
  const title = arm === undefined ? 'Base model' : `${arm.spec.label} after ${arm.step} steps`;
  const files = await exportOnnx({ model, source, adapter: arm === undefined ? null : loraOf(arm), title });
  const id = model.id.replaceAll(/[^\w.-]+/g, '-');
  return { name: `${id}-${speaker}.onnx.zip`, archive: zipFiles(files) };
}
