import { beforeAll, describe, expect, it } from 'vitest';
import { tinyVision, TINY_VISION_WIDTH } from '../../testing/tinyVision';
import { configureOrt } from '../ortSession';
import { droppedSource } from '../source/droppedSource';
import { openVisionModel, type Pixels } from './visionModel';

const WASM = { name: 'wasm' } as const;

function source(change: (files: Map<string, BlobPart>) => void = () => undefined): ReturnType<typeof droppedSource> {
  const files = new Map<string, BlobPart>(tinyVision());
  change(files);
  return droppedSource([...files].map(([path, bytes]) => new File([bytes], path.slice(path.lastIndexOf('/') + 1))));
}

/** 8 × 8 pixels of one colour. */
function plain(...rgb: readonly number[]): Pixels {
  return { data: Uint8ClampedArray.from({ length: 256 }, (_, at) => (at % 4 === 3 ? 255 : rgb[at % 4]!)), width: 8, height: 8 };
}

describe('a vision model', () => {
  beforeAll(() => {
    configureOrt();
  });

  it('embeds pictures as its graph and its preprocessor say, each by itself', async () => {
    const model = await openVisionModel(source(), WASM);
    const [grey, red, again] = await model.embed([plain(127.5, 127.5, 127.5), plain(255, 0, 0), plain(255, 0, 0)]);
    expect(grey).toHaveLength(TINY_VISION_WIDTH);
    // 128 of 255 is 0.0039 after normalisation.
    expect(Math.max(...grey!.map(Math.abs))).toBeLessThan(0.1);
    expect(red).toEqual(again);
    const [alone] = await model.embed([plain(255, 0, 0)]);
    red!.forEach((value, at) => {
      expect(alone![at]).toBeCloseTo(value, 5);
    });
    // Colours are linear: white is the sum of the three, but for what black adds twice.
    const [white, green, blue, black] = await model.embed([
      plain(255, 255, 255),
      plain(0, 255, 0),
      plain(0, 0, 255),
      plain(0, 0, 0),
    ]);
    white!.forEach((value, at) => {
      expect(red![at]! + green![at]! + blue![at]! - 2 * black![at]!).toBeCloseTo(value, 4);
    });
    await model.release();
  });

  it('is another model if graph or preprocessor is', async () => {
    const hashes = await Promise.all(
      [
        source(),
        source(),
        source((files) => {
          files.set('onnx/vision_model.onnx', tinyVision(2).get('onnx/vision_model.onnx')!);
        }),
        source((files) => {
          files.set(
            'preprocessor_config.json',
            '{"image_processor_type":"CLIPImageProcessor","size":8,"image_mean":0.4,"image_std":0.5}',
          );
        }),
      ].map(async (of) => (await openVisionModel(of, WASM)).hash),
    );
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(3);
  });

  it('is refused with what is wrong with its folder', async () => {
    const refused = async (change: (files: Map<string, BlobPart>) => void): Promise<string> =>
      openVisionModel(source(change), WASM).then(
        () => 'opened',
        (error: unknown) => (error as Error).message,
      );
    expect(await refused((files) => files.delete('onnx/vision_model.onnx'))).toContain('no graph in ONNX');
    expect(await refused((files) => files.delete('preprocessor_config.json'))).toContain('preprocessor_config.json');
    const preprocessor = (text: string) => (files: Map<string, BlobPart>) => files.set('preprocessor_config.json', text);
    expect(await refused(preprocessor('{"image_processor_type":"DonutImageProcessor"}'))).toContain('“DonutImageProcessor”');
    expect(await refused(preprocessor('{"image_processor_type":"ViTImageProcessor","size":100000}'))).toContain('size');
    expect(await refused((files) => files.set('onnx/vision_model.onnx', 'no graph'))).toContain('ONNX Runtime failed');
  });
});
