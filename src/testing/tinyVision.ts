/**
 * A vision model small enough to be made again by every test, in the layout of transformers.js: pictures of 8 × 8 pixels, cut into four patches, whose mean colours
 * are projected to eight numbers. Equal seeds give equal bytes.
 */
import { forkRandom } from '../log/random';
import { GraphBuilder } from '../model/onnx/graph';
import type { Files } from './tinyModel';

/** Numbers of an embedding. */
export const TINY_VISION_WIDTH = 8;

export function tinyVision(seed = 1): Files {
  const random = forkRandom(seed, 'tiny vision');
  const weights = Float32Array.from({ length: 12 * TINY_VISION_WIDTH }, () => random.normal());
  const graph = new GraphBuilder('tiny vision');
  const pixels = graph.input('pixel_values', 'float', ['batch', 3, 8, 8]);
  const pooled = graph.node('AveragePool', [pixels], { kernel_shape: { ints: [4, 4] }, strides: { ints: [4, 4] } });
  const flat = graph.node('Reshape', [pooled, graph.integers([-1, 12])]);
  graph.node('MatMul', [flat, graph.floats('projection', weights, [12, TINY_VISION_WIDTH])], {}, 'image_embeds');
  graph.output('image_embeds', 'float', ['batch', TINY_VISION_WIDTH]);
  const json = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));
  return new Map([
    ['config.json', json({ model_type: 'clip' })],
    [
      'preprocessor_config.json',
      json({
        image_processor_type: 'CLIPImageProcessor',
        do_resize: true,
        size: { height: 8, width: 8 },
        do_normalize: true,
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
      }),
    ],
    ['onnx/vision_model.onnx', Uint8Array.from(graph.build().model.finish())],
  ]);
}
