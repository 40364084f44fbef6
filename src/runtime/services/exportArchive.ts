/**
 * A model that answers here, as an archive for another program: for transformers.js as ONNX, for transformers
 * as safetensors, for llama.cpp as GGUF.
 */
import { loraOf } from '../../engine/trainedArm';
import { exportMerged } from '../../model/exportMerged';
import { exportOnnx } from '../../model/exportOnnx';
import type { ModelSource } from '../../model/source/modelSource';
import { BASE_MODEL } from '../../record/generation';
import { streamed } from '../../storage/bytes';
import { zipStreamed } from '../../storage/zipWriter';
import type { ExportForm } from '../protocol';
import type { TextInputs } from './textPrompts';

/** @throws RangeError when no arm of that name is trained here, or the archive would be too large. */
export async function exportArchive(
  { model, arms }: Pick<TextInputs, 'model' | 'arms'>,
  source: ModelSource,
  speaker: string,
  form: ExportForm,
): Promise<{ readonly name: string; readonly archive: Blob }> {
  const arm = arms.find(({ spec }) => spec.id === speaker);
  if (arm === undefined && speaker !== BASE_MODEL) throw new RangeError(`No arm “${speaker}” is trained here. Run first.`);
  const title = arm === undefined ? 'Base model' : `${arm.spec.label} after ${arm.step} steps`;
  const request = { model, source, adapter: arm === undefined ? null : loraOf(arm), title };
  const id = model.id.replaceAll(/[^\w.-]+/g, '-');
  if (form === 'F16' || form === 'Q8_0') {
    // Not part of what every worker loads.
    const { exportGguf } = await import('../../model/gguf/exportGguf');
    const { pieces } = await exportGguf(request, form);
    return { name: `${id}-${speaker}.${form}.gguf`, archive: await streamed(pieces) };
  }
  const files = await (form === 'onnx' ? exportOnnx : exportMerged)(request);
  return { name: `${id}-${speaker}.${form}.zip`, archive: await zipStreamed(files) };
}
