import { beforeAll, describe, expect, it } from 'vitest';
import { tinyVision, TINY_VISION_WIDTH, VISION_FAMILIES, type VisionFamily } from '../../testing/tinyVision';
import { configureOrt } from '../ortSession';
import { droppedSource } from '../source/droppedSource';
import { openVisionModel, type Pixels } from './visionModel';

const WASM = { name: 'wasm' } as const;

function source(
  change: (files: Map<string, BlobPart>) => void = () => undefined,
  family?: VisionFamily,
): ReturnType<typeof droppedSource> {
  const files = new Map<string, BlobPart>(tinyVision(1, family));
  change(files);
  return droppedSource([...files].map(([path, bytes]) => new File([bytes], path.slice(path.lastIndexOf('/') + 1))));
}

/** Pixels of a single colour. */
function plain(rgb: readonly number[], width = 8, height = 8): Pixels {
  const length = 4 * width * height;
  return { data: Uint8ClampedArray.from({ length }, (_, at) => (at % 4 === 3 ? 255 : rgb[at % 4]!)), width, height };
}

/** Mean colours of the prepared picture. */
function normalised(rgb: readonly number[], family: VisionFamily): number[] {
  const { image_mean: mean, image_std: deviation } = VISION_FAMILIES[family].preprocessor;
  return rgb.map((shade, colour) => (shade / 255 - mean[colour]!) / deviation[colour]!);
}

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expected.forEach((value, at) => {
    expect(found[at]).toBeCloseTo(value, 4);
  });
}

describe('a vision model', () => {
  beforeAll(() => {
    configureOrt();
  });

  it('embeds each picture by itself, as its graph and its preprocessor specify', async () => {
    const model = await openVisionModel(source(), WASM);
    const [grey, red, again] = await model.embed([plain([127.5, 127.5, 127.5]), plain([255, 0, 0]), plain([255, 0, 0])]);
    expect(grey).toHaveLength(TINY_VISION_WIDTH);
    expectClose(grey!, normalised([128, 128, 128], 'clip'));
    expect(red).toEqual(again);
    const [alone] = await model.embed([plain([255, 0, 0])]);
    red!.forEach((value, at) => {
      expect(alone![at]).toBeCloseTo(value, 5);
    });
    // Colours are linear: white is the sum of the other two, less black, which that sum counts twice.
    const [white, green, blue, black] = await model.embed([
      plain([255, 255, 255]),
      plain([0, 255, 0]),
      plain([0, 0, 255]),
      plain([0, 0, 0]),
    ]);
    white!.forEach((value, at) => {
      expect(red![at]! + green![at]! + blue![at]! - 2 * black![at]!).toBeCloseTo(value, 4);
    });
    await model.release();
  });

  describe.each(['clip', 'siglip', 'dinov2'] as const)('in the layout of %s', (family) => {
    it('prepares colours as its preprocessor specifies, and returns the output that is the embedding', async () => {
      const model = await openVisionModel(source(undefined, family), WASM);
      const colours = [
        [200, 30, 90],
        [0, 255, 10],
      ];
      const rows = await model.embed(colours.map((rgb) => plain(rgb)));
      expect(rows.map((row) => row.length)).toEqual([TINY_VISION_WIDTH, TINY_VISION_WIDTH]);
      rows.forEach((row, at) => {
        expectClose(row, normalised(colours[at]!, family));
      });
      await model.release();
    });

    it('crops the middle, or fits the whole picture in', async () => {
      const model = await openVisionModel(source(undefined, family), WASM);
      // A green square between two red strips.
      const banner = plain([0, 255, 0], 16, 8);
      for (let pixel = 0; pixel < 128; pixel++) if (pixel % 16 < 4 || pixel % 16 >= 12) banner.data.set([255, 0, 0], 4 * pixel);
      const [row, tall] = await model.embed([banner, plain([9, 99, 199], 8, 24)]);
      const cropped = family !== 'siglip';
      if (cropped) expectClose(row!, normalised([0, 255, 0], family));
      else expect(row![0]! - normalised([0, 255, 0], family)[0]!).toBeGreaterThan(0.5);
      expectClose(tall!, normalised([9, 99, 199], family));
      await model.release();
    });

    it.each(['Fast', ''])('is known by the name of its processor in versions of transformers: …%s', async (suffix) => {
      const changed = source((files) => {
        const { preprocessor } = VISION_FAMILIES[family];
        const own = { ...preprocessor, image_processor_type: `${preprocessor.image_processor_type}${suffix}` };
        files.set('preprocessor_config.json', JSON.stringify(own));
      }, family);
      const model = await openVisionModel(changed, WASM);
      expectClose((await model.embed([plain([1, 2, 3])]))[0]!, normalised([1, 2, 3], family));
      await model.release();
    });
  });

  it('reads the preprocessor of the first CLIPs, with sizes as numbers', async () => {
    const { image_mean, image_std } = VISION_FAMILIES.clip.preprocessor;
    const first = {
      feature_extractor_type: 'CLIPFeatureExtractor',
      do_center_crop: true,
      do_normalize: true,
      do_resize: true,
      size: 8,
      crop_size: 8,
      resample: 3,
    };
    const model = await openVisionModel(
      source((files) => files.set('preprocessor_config.json', JSON.stringify({ ...first, image_mean, image_std }))),
      WASM,
    );
    expectClose((await model.embed([plain([40, 80, 120], 24, 8)]))[0]!, normalised([40, 80, 120], 'clip'));
    await model.release();
  });

  it('has a hash that depends on graph and preprocessor', async () => {
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

  it('is refused with what is wrong in its folder', async () => {
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
