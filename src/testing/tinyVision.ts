/**
 * Vision models small enough to be created by every test, in the published layouts of three families: names
 * of files, inputs and outputs, and preprocessor_config.json except for its sizes. Pictures of 8 × 8 pixels
 * are split into four patches. Equal seeds give equal bytes.
 */
import { forkRandom } from '../log/random';
import { GraphBuilder, type Value } from '../model/onnx/graph';
import type { Files } from './tinyModel';

/**
 * Size of an embedding: the mean of each colour over the prepared picture, then random sums of its patches.
 */
export const TINY_VISION_WIDTH = 8;

const COLOURS = 3;
const PATCHES = 4;
const SQUARE = { height: 8, width: 8 };
const SHARED = {
  do_convert_rgb: true,
  do_normalize: true,
  do_rescale: true,
  do_resize: true,
  resample: 3,
  rescale_factor: 1 / 255,
};

interface Layout {
  readonly graph: string;
  readonly preprocessor: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  /** The output that is the embedding; the graph's others hold something else. */
  readonly embedding: 'image_embeds' | 'pooler_output' | 'last_hidden_state';
}

export const VISION_FAMILIES = {
  // CLIPVisionModelWithProjection: the projected class token is compared with texts.
  clip: {
    graph: 'onnx/vision_model.onnx',
    config: { model_type: 'clip', architectures: ['CLIPModel'], projection_dim: TINY_VISION_WIDTH },
    preprocessor: {
      ...SHARED,
      image_processor_type: 'CLIPImageProcessor',
      do_center_crop: true,
      size: { shortest_edge: 8 },
      crop_size: SQUARE,
      image_mean: [0.48145466, 0.4578275, 0.40821073],
      image_std: [0.26862954, 0.26130258, 0.27577711],
    },
    embedding: 'image_embeds',
  },
  // SiglipVisionModel: no class token; an attention head pools.
  siglip: {
    graph: 'onnx/vision_model.onnx',
    config: { model_type: 'siglip', architectures: ['SiglipModel'] },
    preprocessor: {
      ...SHARED,
      image_processor_type: 'SiglipImageProcessor',
      processor_class: 'SiglipProcessor',
      size: SQUARE,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
    },
    embedding: 'pooler_output',
  },
  // Dinov2Model: the class token of the last hidden state.
  dinov2: {
    graph: 'onnx/model.onnx',
    config: { model_type: 'dinov2', architectures: ['Dinov2Model'] },
    preprocessor: {
      ...SHARED,
      image_processor_type: 'BitImageProcessor',
      do_center_crop: true,
      size: { shortest_edge: 8 },
      crop_size: SQUARE,
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
    },
    embedding: 'last_hidden_state',
  },
} as const satisfies Readonly<Record<string, Layout>>;

export type VisionFamily = keyof typeof VISION_FAMILIES;

export function tinyVision(seed = 1, family: VisionFamily = 'clip'): Files {
  const { graph: path, preprocessor, config, embedding }: Layout = VISION_FAMILIES[family];
  const graph = new GraphBuilder(`tiny ${family}`);
  const pixels = graph.input('pixel_values', 'float', ['batch', COLOURS, 8, 8]);
  const means = graph.node('AveragePool', [pixels], { kernel_shape: { ints: [4, 4] }, strides: { ints: [4, 4] } });
  const flat = graph.node('Reshape', [means, graph.integers([-1, COLOURS * PATCHES])]);
  const weights = graph.floats('projection', projection(seed), [COLOURS * PATCHES, TINY_VISION_WIDTH]);
  const pooled = embedding === 'last_hidden_state' ? undefined : embedding;
  const sum = graph.node('MatMul', [flat, weights], {}, pooled);
  if (pooled !== undefined) graph.output(pooled, 'float', ['batch', TINY_VISION_WIDTH]);
  graph.node('Concat', tokens(sum), { axis: { int: 1 } }, 'last_hidden_state');
  graph.output('last_hidden_state', 'float', ['batch', 'tokens', TINY_VISION_WIDTH]);
  if (embedding === 'image_embeds') {
    // The class token before its projection.
    graph.node('Add', [sum, graph.scalar(100)], {}, 'pooler_output');
    graph.output('pooler_output', 'float', ['batch', TINY_VISION_WIDTH]);
  }
  const json = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));
  return new Map([
    ['config.json', json(config)],
    ['preprocessor_config.json', json(preprocessor)],
    [path, Uint8Array.from(graph.build().model.finish())],
  ]);

  /**
   * [batch, 1, width] each: the class token, if it is the embedding, and two patches, which hold something
   * else.
   */
  function tokens(of: Value): Value[] {
    const own = graph.node('Unsqueeze', [of, graph.integers([1])]);
    const patch = graph.node('Add', [own, graph.scalar(50)]);
    return embedding === 'last_hidden_state' ? [own, patch, patch] : [patch, patch];
  }
}

/** [colours · patches, width] */
function projection(seed: number): Float32Array {
  const random = forkRandom(seed, 'tiny vision');
  return Float32Array.from({ length: COLOURS * PATCHES * TINY_VISION_WIDTH }, (_, at) => {
    const [colour, column] = [Math.floor(at / TINY_VISION_WIDTH / PATCHES), at % TINY_VISION_WIDTH];
    return column < COLOURS ? Number(colour === column) / PATCHES : random.normal();
  });
}
