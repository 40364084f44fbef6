/** Writes models as folders that transformers.js loads, and adapters as folders that PEFT loads. */
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeAdapter } from '../engine/peft/write';
import { loraOf, type TrainedArm } from '../engine/trainedArm';
import type { LoadedModel } from '../model/loadedModel';
import { exportOnnx, type OnnxExport } from '../model/exportOnnx';
import { armLora } from '../recipe/armRecipe';
import type { RunSpec } from '../recipe/runSpec';

/** Writes one model into `folder`, which is created if necessary. */
export async function exportModel(folder: string, request: OnnxExport): Promise<void> {
  for (const { path: file, pieces } of await exportOnnx(request)) {
    const where = path.join(folder, file);
    await mkdir(path.dirname(where), { recursive: true });
    await pipeline(Readable.from(pieces), createWriteStream(where));
  }
  console.info(`${request.title} as ONNX in ${folder}`);
}

/** The base model in `folder/base`, and each arm in a folder of its name. */
export async function exportArms(
  folder: string,
  base: Pick<OnnxExport, 'model' | 'source'>,
  arms: readonly TrainedArm[],
): Promise<void> {
  await exportModel(path.join(folder, 'base'), { ...base, adapter: null, title: 'Base model' });
  for (const arm of arms) {
    const title = `${arm.spec.label} after ${arm.step} steps`;
    await exportModel(path.join(folder, arm.spec.id), { ...base, adapter: loraOf(arm), title });
  }
}

/** The adapter of each arm in a folder of its name. */
export async function exportAdapters(
  folder: string,
  { id, hash, config }: LoadedModel,
  spec: RunSpec,
  arms: readonly TrainedArm[],
): Promise<void> {
  const { revision } = spec.model;
  for (const arm of arms) {
    const where = path.join(folder, arm.spec.id);
    await mkdir(where, { recursive: true });
    for (const { name, bytes } of writeAdapter(arm, { config, id, revision, hash }, armLora(spec, arm.spec)))
      await writeFile(path.join(where, name), bytes);
    console.info(`LoRA of ${arm.spec.label} in ${where}`);
  }
}
