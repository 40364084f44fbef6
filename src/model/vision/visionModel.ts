/**
 * Vision models in the layout of transformers.js: an exported graph, run by ONNX Runtime, and the
 * preprocessor_config.json from which transformers.js builds the model's image processor. SigLIP, CLIP and
 * DINOv2 in their common exports; any graph whose only input is `pixel_values`.
 */
import { t } from '../../words/words';
import {
  BitImageProcessor,
  CLIPImageProcessor,
  ConvNextImageProcessor,
  DeiTImageProcessor,
  DINOv3ViTImageProcessor,
  RawImage,
  SiglipImageProcessor,
  ViTImageProcessor,
} from '@huggingface/transformers';
import { z } from 'zod';
import { sha256Hex } from '../../storage/sha256';
import { ModelError } from '../modelError';
import type { OrtProvider } from '../ortProvider';
import { openGraph } from '../ortSession';
import { MissingFileError, readAll, readJson, type ModelFile, type ModelSource, type OpenOptions } from '../source/modelSource';
import { singleLine } from '../../recipe/texts';

/** A decoded picture: RGBA [height, width, 4]. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/**
 * Where exports have the vision part: CLIP and SigLIP in a separate file, DINOv2 as the whole model. Dropped
 * folders are flat.
 */
const GRAPHS = ['onnx/vision_model.onnx', 'vision_model.onnx', 'onnx/model.onnx', 'model.onnx'];
/** Larger models do not fit into WebAssembly's memory with their activations. */
const MOST_BYTES = 1.5e9;
/** Maximum pixels per side that a model may require. */
const MOST_SIDE = 1024;

const PROCESSORS = {
  BitImageProcessor,
  CLIPImageProcessor,
  CLIPFeatureExtractor: CLIPImageProcessor,
  ConvNextImageProcessor,
  DeiTImageProcessor,
  DINOv3ViTImageProcessor,
  SiglipImageProcessor,
  ViTImageProcessor,
  ViTFeatureExtractor: ViTImageProcessor,
};

const side = z.number().int().positive().max(MOST_SIDE);
const sizeSchema = z.union([side, z.strictObject({ shortest_edge: side }), z.looseObject({ width: side, height: side })]);
const colours = z.union([z.number(), z.array(z.number()).length(3)]);
/** The fields of preprocessor_config.json that would take memory, or fail late, if they were nonsense. */
const preprocessorSchema = z.looseObject({
  image_processor_type: singleLine().optional(),
  feature_extractor_type: singleLine().optional(),
  size: sizeSchema.optional(),
  crop_size: sizeSchema.optional(),
  image_mean: colours.optional(),
  image_std: colours.optional(),
});

export interface VisionModel {
  /** SHA-256 of graph and preprocessor, hex: the same pictures give the same features. */
  readonly hash: string;
  readonly provider: OrtProvider['name'];
  /**
   * Features of pictures: CLIP's projected embedding, else the pooled output, else the last hidden state at
   * the class token. One row each.
   */
  embed(pictures: readonly Pixels[]): Promise<Float32Array[]>;
  release(): Promise<void>;
}

/**
 * Fetches a model.
 * @throws ModelError when files are missing or not such a model; the signal's reason when aborted
 */
export async function openVisionModel(
  source: ModelSource,
  provider: OrtProvider,
  options: OpenOptions = {},
): Promise<VisionModel> {
  const config = await readJson(source, 'preprocessor_config.json');
  const process = processorOf(config);
  const file = await graphOf(source, options);
  if (file.bytes > MOST_BYTES) {
    throw new ModelError(
      t('{name} has {size} MB; at most {most} fit here.', {
        name: file.name,
        size: Math.round(file.bytes / 1e6),
        most: MOST_BYTES / 1e6,
      }),
      t('Choose a smaller model.'),
    );
  }
  const hash = sha256Hex(`${await file.hash()} ${JSON.stringify(config)}`);
  const graph = await openGraph(await readAll(file), provider);
  options.signal?.throwIfAborted();
  const [input, ...others] = graph.inputs;
  if (input !== 'pixel_values' || others.length > 0) {
    await graph.release();
    throw new ModelError(
      t('{name} takes {inputs}, not pictures alone.', { name: file.name, inputs: graph.inputs.join(', ') }),
      t('Choose a vision model, or one whose folder has onnx/vision_model.onnx.'),
    );
  }
  return {
    hash,
    provider: graph.provider,
    embed: async (pictures) => {
      const { pixel_values: values } = await process(
        pictures.map(({ data, width, height }) => new RawImage(data, width, height, 4)),
      );
      const outputs = await graph.run({ pixel_values: { data: values.data as Float32Array, shape: values.dims } });
      return rowsOf(outputs, pictures.length);
    },
    release: () => graph.release(),
  };
}

/** A GPU for a vision model, and how it is released. */
export interface VisionGpu {
  readonly device: GPUDevice;
  readonly destroy: () => void;
}

/**
 * The model on a GPU or, if it cannot be opened or cannot run there, on WebAssembly. The GPU is released with
 * the model, or at once.
 * @param gpu null: WebAssembly alone
 * @throws what `openVisionModel` throws on WebAssembly
 */
export async function openVisionModelWhereItRuns(
  source: ModelSource,
  gpu: VisionGpu | null,
  options: OpenOptions = {},
): Promise<VisionModel> {
  if (gpu !== null) {
    let model: VisionModel | null = null;
    try {
      const onGpu = (model = await openVisionModel(source, { name: 'webgpu', device: gpu.device }, options));
      // Some operators fail only when they run.
      await onGpu.embed([BLANK]);
      return {
        ...onGpu,
        release: () => onGpu.release().finally(gpu.destroy),
      };
    } catch (error) {
      await model?.release().catch(() => undefined);
      gpu.destroy();
      options.signal?.throwIfAborted();
      // An error of the model itself occurs on WebAssembly too, and is reported there.
      if (!(error instanceof ModelError)) throw error;
    }
  }
  return openVisionModel(source, { name: 'wasm' }, options);
}

const BLANK: Pixels = { data: new Uint8ClampedArray(4).fill(255), width: 1, height: 1 };

type ImageProcessorConfig = ConstructorParameters<typeof ViTImageProcessor>[0];
type Process = (images: RawImage[]) => Promise<{ readonly pixel_values: { readonly data: unknown; readonly dims: number[] } }>;

function processorOf(config: unknown): Process {
  const parsed = preprocessorSchema.safeParse(config);
  const type = (parsed.data?.image_processor_type ?? parsed.data?.feature_extractor_type ?? '').replace(/Fast$/, '');
  if (!parsed.success || !(type in PROCESSORS)) {
    const known = Object.keys(PROCESSORS).filter((name) => name.endsWith('Processor'));
    throw new ModelError(
      parsed.success
        ? t('preprocessor_config.json asks for the image processor “{type}”, which is not known here.', { type })
        : t('preprocessor_config.json cannot be used: {field} {message}.', {
            field: parsed.error.issues[0]!.path.join('.'),
            message: parsed.error.issues[0]!.message,
          }),
      t('Choose a model that uses {others} or {last}.', { others: known.slice(0, -1).join(', '), last: known.at(-1)! }),
    );
  }
  const { size } = parsed.data;
  // transformers.js adds to the object that it is given.
  const given = { ...parsed.data, ...(typeof size === 'number' && { size: sides(size, type) }) };
  return new PROCESSORS[type as keyof typeof PROCESSORS](given as ImageProcessorConfig);
}

/**
 * The meaning of a size that is one number, in older files, as in transformers (Python); transformers.js
 * would fit the longer side.
 */
function sides(size: number, type: string): z.infer<typeof sizeSchema> {
  return /^(CLIP|Bit|ConvNext)/.test(type) ? { shortest_edge: size } : { width: size, height: size };
}

async function graphOf(source: ModelSource, options: OpenOptions): Promise<ModelFile> {
  for (const name of GRAPHS) {
    try {
      return await source.open(name, options);
    } catch (error) {
      if (!(error instanceof MissingFileError)) throw error;
    }
  }
  throw new ModelError(
    t('The model has no graph in ONNX.'),
    t('Choose a model whose folder has {one} or {another}, as those for transformers.js do.', {
      one: GRAPHS[0]!,
      another: GRAPHS[2]!,
    }),
  );
}

interface Output {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

function rowsOf(outputs: ReadonlyMap<string, Output>, count: number): Float32Array[] {
  const pooled = outputs.get('image_embeds') ?? outputs.get('pooler_output');
  const { data, shape } = pooled ?? outputs.get('last_hidden_state') ?? [...outputs.values()][0]!;
  const width = shape.at(-1)!;
  const tokens = shape.length === 3 ? shape[1]! : 1;
  if (shape.length < 2 || shape.length > 3 || data.length !== count * tokens * width) {
    throw new ModelError(
      t('The model answers with numbers of shape {shape}.', { shape: shape.join(' × ') }),
      t('Choose a model with one embedding a picture.'),
    );
  }
  return Array.from({ length: count }, (_, row) => data.slice(row * tokens * width, row * tokens * width + width));
}
