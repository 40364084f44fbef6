/** Writes models as folders that transformers.js loads. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { loraOf, type TrainedArm } from '../engine/trainedArm';
import { exportOnnx, type OnnxExport } from '../model/exportOnnx';

/** Writes one model into `folder`, which is made if need be. */
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
