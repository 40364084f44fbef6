/**
 * A checkpoint goes to the GPU piece by piece; JavaScript's memory is measured after a garbage collection at
 * every piece.
 */
import { describe, expect, it } from 'vitest';
import { endlessWeights, heldBytes } from '../../testing/endlessModel';
import { TINY_CONFIG } from '../../testing/tinyModel';
import { dryGpu } from '../../gpu/dryGpu';
import { Memory } from '../../gpu/tensor';
import type { LoadedModel } from '../../model/loadedModel';
import { decoderTensors, parameterCount } from '../../model/decoderTensors';
import { titleFeatures } from '../../model/features';
import { readConfig } from '../../model/readConfig';
import { runSpecSchema } from '../../recipe/runSpec';
import { allocateWeights, fillWeights } from './frozenWeights';
import { embeddingStatistics } from './embeddingStatistics';
import { initialParameters, layOutParameters } from '../parameters';

const LLAMA = readConfig({
  ...TINY_CONFIG,
  vocab_size: 32_768,
  hidden_size: 96,
  intermediate_size: 3072,
  num_hidden_layers: 6,
  num_attention_heads: 6,
  num_key_value_heads: 2,
});
const LARGEST = 4 * LLAMA.vocabulary * LLAMA.hidden;

/** The peak, less what was held before, while `work` read the model. */
async function peakOf(dtype: 'F32' | 'BF16', work: (weights: LoadedModel['weights'], sample: () => void) => Promise<void>) {
  const before = heldBytes();
  let peak = 0;
  let reads = 0;
  const sample = (): void => {
    peak = Math.max(peak, heldBytes() - before);
  };
  const weights = await endlessWeights(LLAMA, dtype, () => {
    reads += 1;
    sample();
  });
  await work(weights, sample);
  sample();
  return { peak, reads };
}

/** A destination for weights: memory on paper, and a queue that takes bytes without keeping them. */
function bottomless(sample: () => void): { readonly memory: Memory; readonly device: GPUDevice; written: () => number } {
  const dry = dryGpu({ maxBufferSize: 2 ** 40, maxStorageBufferBindingSize: 2 ** 40 });
  let written = 0;
  const queue = {
    writeBuffer: (_buffer: GPUBuffer, _offset: number, data: ArrayBufferView) => {
      written += data.byteLength;
      sample();
    },
    submit: () => undefined,
    onSubmittedWorkDone: () => Promise.resolve(),
  };
  return {
    memory: new Memory(dry.device),
    device: { queue } as unknown as GPUDevice,
    written: () => written,
  };
}

describe('the weights of a model more than twice as large as its largest tensor', () => {
  it('is such a model', () => {
    expect(4 * parameterCount(LLAMA)).toBeGreaterThan(2 * LARGEST);
  });

  it.each([
    ['f32', 'F32'],
    ['f16', 'BF16'],
    ['q8_0', 'F32'],
    ['q4_0', 'BF16'],
  ] as const)('reach the GPU as %s from %s with at most 1.3 times that tensor in memory', async (format, dtype) => {
    let written = 0;
    const { peak, reads } = await peakOf(dtype, async (weights, sample) => {
      const gpu = bottomless(sample);
      const frozen = allocateWeights(gpu.memory, LLAMA, { precision: format, arithmetic: 'f32' });
      await fillWeights(gpu.device, frozen, weights);
      written = gpu.written();
      expect(written).toBe(gpu.memory.bytes);
    });
    expect(reads).toBeGreaterThan(decoderTensors(LLAMA).length);
    expect(peak).toBeLessThan(1.3 * LARGEST);
    // Checks that the measurement works: at least one piece was held.
    expect(peak).toBeGreaterThan(2 ** 20);
  });

  it('yield item features and start values with less than that', async () => {
    const { peak } = await peakOf('BF16', async (weights) => {
      const tokenizer = { encode: (text: string) => [text.length], decode: () => '' };
      const features = await titleFeatures({ config: LLAMA, weights, tokenizer }, ['a', 'bc']);
      expect(features).toHaveLength(2 * LLAMA.hidden);
      const spec = runSpecSchema.parse({ version: 1 });
      initialParameters(layOutParameters(LLAMA, spec, { items: 0 }), LLAMA, await embeddingStatistics(weights, LLAMA), spec);
    });
    expect(peak).toBeLessThan(1.3 * LARGEST);
  });
});
