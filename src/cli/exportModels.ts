/**
 * Writes models as folders that transformers.js or transformers load or as GGUF files, and adapters as
 * folders that PEFT loads.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeAdapter, type AdapterFile } from '../engine/peft/write';
import { loraOf, type TrainedArm } from '../engine/trainedArm';
import type { LoadedModel } from '../model/loadedModel';
import { loadedRevision } from '../model/modelOrigin';
import { exportGguf } from '../model/gguf/exportGguf';
import type { ModelExport } from '../model/exportedFolder';
import { exportMerged } from '../model/exportMerged';
import { exportOnnx } from '../model/exportOnnx';
import { armLora } from '../recipe/armRecipe';
import type { RunSpec } from '../recipe/runSpec';
import type { StreamedFile } from '../storage/zipWriter';

/** How a model is written: for transformers.js, for transformers, or for llama.cpp. */
const WRITERS = {
  ONNX: exportOnnx,
  safetensors: exportMerged,
  F16: async (request: ModelExport) => [await exportGguf(request, 'F16')],
  Q8_0: async (request: ModelExport) => [await exportGguf(request, 'Q8_0')],
};

/** Writes files into `folder`, which is created if necessary, a piece at a time. @throws as the pieces do */
export async function writeFiles(folder: string, files: readonly StreamedFile[]): Promise<void> {
  for (const { path: file, pieces } of files) {
    const where = path.join(folder, file);
    await mkdir(path.dirname(where), { recursive: true });
    await pipeline(Readable.from(pieces), createWriteStream(where));
  }
}

/** An adapter's files in `folder`, which is created if necessary. */
export function writeAdapterFiles(folder: string, files: readonly AdapterFile[]): Promise<void> {
  return writeFiles(
    folder,
    files.map(({ name, bytes }) => ({ path: name, pieces: [bytes] })),
  );
}

/** Writes one model into `folder`, which is created if necessary. */
export async function exportModel(folder: string, request: ModelExport, form: keyof typeof WRITERS): Promise<void> {
  await writeFiles(folder, await WRITERS[form](request));
  console.info(`${request.title} as ${form} in ${folder}`);
}

/** Each arm, merged into the model, in a folder of its name. */
export async function exportArms(
  folder: string,
  base: Pick<ModelExport, 'model' | 'source'>,
  arms: readonly TrainedArm[],
  form: keyof typeof WRITERS,
): Promise<void> {
  for (const arm of arms) {
    const title = `${arm.spec.label} after ${arm.step} steps`;
    await exportModel(path.join(folder, arm.spec.id), { ...base, adapter: loraOf(arm), title }, form);
  }
}

/** The adapter of each arm in a folder of its name. */
export async function exportAdapters(
  folder: string,
  model: LoadedModel,
  spec: RunSpec,
  arms: readonly TrainedArm[],
): Promise<void> {
  const { id, hash, config } = model;
  const revision = loadedRevision(model, spec.model.revision);
  for (const arm of arms) {
    const where = path.join(folder, arm.spec.id);
    await writeAdapterFiles(where, writeAdapter(arm, { config, id, revision, hash }, armLora(spec, arm.spec)));
    console.info(`LoRA of ${arm.spec.label} in ${where}`);
  }
}
