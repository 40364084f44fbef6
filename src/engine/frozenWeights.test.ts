/** A checkpoint goes to the GPU piece by piece: what JavaScript holds meanwhile is counted, collected, at every piece. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { TINY_CONFIG } from '../../tests/hub/tinyModel';
import { dryGpu } from '../gpu/dryGpu';
import { Memory } from '../gpu/tensor';
import { Checkpoint } from '../model/checkpoint';
import type { DecoderConfig } from '../model/decoderConfig';
import type { LoadedModel } from '../model/loadedModel';
import { decoderTensors, parameterCount, storedWeights } from '../model/decoderTensors';
import { titleFeatures } from '../model/features';
import { readConfig } from '../model/readConfig';
import { elementBytes } from '../model/safetensors';
import { MissingFileError, type ModelFile } from '../model/source/modelSource';
import { runSpecSchema } from '../spec/runSpec';
import { allocateWeights, fillWeights } from './frozenWeights';
import { initialParameters, layOutParameters } from './parameters';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of all ArrayBuffers that are still reachable. */
function heldBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

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

/** A safetensors file of that shape that exists nowhere: its bytes are made when they are asked for. */
function endlessFile(config: DecoderConfig, dtype: 'F32' | 'BF16', onRead: () => void): ModelFile {
  let end = 0;
  const entries = decoderTensors(config).map(([name, shape]) => {
    const begin = end;
    end += elementBytes(dtype) * shape.reduce((product, size) => product * size, 1);
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const header = new Uint8Array(8 + json.length);
  new DataView(header.buffer).setBigUint64(0, BigInt(json.length), true);
  header.set(json, 8);
  return {
    name: 'model.safetensors',
    bytes: header.length + end,
    hash: () => Promise.resolve(''),
    read(from, to) {
      const bytes = new Uint8Array(to - from);
      if (from < header.length) bytes.set(header.subarray(from, to));
      // 0.5 or so in either format: the upper bytes are 0x3f.
      else for (let i = 1; i < bytes.length; i += 2) bytes[i] = 0x3f;
      onRead();
      return Promise.resolve(bytes);
    },
  };
}

/** The most that was held, above what was held before, while `work` read the model. */
async function peakOf(dtype: 'F32' | 'BF16', work: (weights: LoadedModel['weights'], sample: () => void) => Promise<void>) {
  const before = heldBytes();
  let peak = 0;
  let reads = 0;
  const sample = (): void => {
    peak = Math.max(peak, heldBytes() - before);
  };
  const file = endlessFile(LLAMA, dtype, () => {
    reads += 1;
    sample();
  });
  const checkpoint = await Checkpoint.open((name) =>
    name === file.name ? Promise.resolve(file) : Promise.reject(new MissingFileError(name, '')),
  );
  await work(storedWeights(checkpoint, LLAMA), sample);
  sample();
  return { peak, reads };
}

/** Where weights go: memory on paper, and a queue that takes bytes without keeping them. */
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

describe('the weights of a model of more than twice its largest tensor', () => {
  it('is such a model', () => {
    expect(4 * parameterCount(LLAMA)).toBeGreaterThan(2 * LARGEST);
  });

  it.each([
    ['f32', 'F32'],
    ['f16', 'BF16'],
    ['int8', 'F32'],
    ['int4', 'BF16'],
  ] as const)('reach the GPU as %s from %s with less than 1.3 of it in memory', async (format, dtype) => {
    let written = 0;
    const { peak, reads } = await peakOf(dtype, async (weights, sample) => {
      const gpu = bottomless(sample);
      const frozen = allocateWeights(gpu.memory, LLAMA, format);
      await fillWeights(gpu.device, frozen, weights);
      written = gpu.written();
      expect(written).toBe(gpu.memory.bytes);
    });
    expect(reads).toBeGreaterThan(decoderTensors(LLAMA).length);
    expect(peak).toBeLessThan(1.3 * LARGEST);
    // What is counted is what is there: a piece at the least.
    expect(peak).toBeGreaterThan(2 ** 20);
  });

  it('give item features and start values with less than that', async () => {
    const { peak } = await peakOf('BF16', async (weights) => {
      const tokenizer = { encode: (text: string) => [text.length], decode: () => '' };
      const features = await titleFeatures({ config: LLAMA, weights, tokenizer }, ['a', 'bc']);
      expect(features).toHaveLength(2 * LLAMA.hidden);
      const spec = runSpecSchema.parse({});
      await initialParameters(layOutParameters(LLAMA, spec, { items: 0 }), LLAMA, weights, spec);
    });
    expect(peak).toBeLessThan(1.3 * LARGEST);
  });
});
