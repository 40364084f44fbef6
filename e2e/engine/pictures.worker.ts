/**
 * Run by itemPictures.spec.ts in a dedicated worker: pictures decoded by the browser, and tiny vision models
 * on WebGPU and WebAssembly.
 */
import { openGpu } from '../../src/gpu/device';
import { ORT_WASM_URL } from '../../src/model/ortAssets';
import { configureOrt } from '../../src/model/ortSession';
import { droppedSource } from '../../src/model/source/droppedSource';
import { openVisionModelWhereItRuns, type Pixels, type VisionGpu } from '../../src/model/vision/visionModel';
import { decodePicture } from '../../src/runtime/intake/decodePicture';
import { tinyVision, VISION_FAMILIES, type VisionFamily } from '../../src/testing/tinyVision';
import ODD from '../../src/testing/oddPictures.json';

async function decoded(bytes: Uint8Array<ArrayBuffer>) {
  const picture = await decodePicture(bytes);
  if (typeof picture === 'string') throw new Error(picture);
  const { pixels, thumbnail, notes } = picture;
  return { ...pixels, data: [...pixels.data], thumbnail: [...thumbnail], notes };
}

function odd(name: keyof typeof ODD): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(ODD[name]), (letter) => letter.charCodeAt(0));
}

/** A transparent PNG except for its left half, which is blue. */
async function halfTransparent(): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(8, 8);
  const context = canvas.getContext('2d')!;
  context.fillStyle = 'blue';
  context.fillRect(0, 0, 4, 8);
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

async function embedded(family: VisionFamily, pictures: readonly Pixels[], gpu: VisionGpu | null) {
  const files = [...tinyVision(1, family)].map(([path, bytes]) => new File([bytes], path.slice(path.lastIndexOf('/') + 1)));
  const model = await openVisionModelWhereItRuns(droppedSource(files), gpu);
  const rows = await model.embed(pictures);
  await model.release();
  return { provider: model.provider, rows: rows.map((row) => [...row]) };
}

/** @param lost whether it is lost before its first use */
async function aGpu(lost: boolean, given: { back: number }): Promise<VisionGpu> {
  const { device } = await openGpu(navigator.gpu, 'browser');
  if (lost) device.destroy();
  const destroy = (): void => {
    given.back++;
    device.destroy();
  };
  return { device, destroy };
}

async function check(): Promise<unknown> {
  configureOrt({ wasmUrl: ORT_WASM_URL });
  const names = ['png', 'jpeg', 'jpeg-turned', 'jpeg-cmyk', 'gif-animated', 'webp-animated'] as const;
  const pictures = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await decoded(odd(name))] as const)));
  const upright = pictures['jpeg-turned']!;
  const asked = [{ data: Uint8ClampedArray.from(upright.data), width: upright.width, height: upright.height }];
  const given = { back: 0 };
  const families = [];
  for (const family of Object.keys(VISION_FAMILIES) as VisionFamily[]) {
    families.push({
      family,
      gpu: await embedded(family, asked, await aGpu(false, given)),
      lost: await embedded(family, asked, await aGpu(true, given)),
      wasm: await embedded(family, asked, null),
    });
  }
  return { pictures: { ...pictures, transparent: await decoded(await halfTransparent()) }, families, back: given.back };
}

check().then(
  (report) => {
    self.postMessage(report);
  },
  (error: unknown) => {
    self.postMessage({ error: String(error) });
  },
);
