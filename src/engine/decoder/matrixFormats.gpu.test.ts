/**
 * A GGUF file's quantised blocks on the GPU as they are: the same numbers as the file widened to f32,
 * forwards and backwards.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { readConfig } from '../../model/readConfig';
import { fileTypes } from '../../model/decoderTensors';
import { BLOCK_BYTES, quantise, type QuantisedType } from '../../model/gguf/quantise';
import { isExact, precisionText } from '../../record/fileStorage';
import { loadFixture } from '../../testing/loadFixture';
import { floats, integers } from '../../testing/kernelBench';
import { quantisedGguf, type QuantisedPart } from '../../testing/quantisedGguf';
import { sharedGpu } from '../../testing/sharedGpu';
import { TINY_CONFIG } from '../../testing/tinyModel';
import { Engine } from '../engine';
import { relativeError } from '../fixture';
import { BaseModel } from './baseModel';
import { fileStorage, matrixFormats } from './matrixFormats';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

describe.each(Object.keys(BLOCK_BYTES) as QuantisedType[])('a file in %s', (type) => {
  it('gives the logits of the same file widened to f32', async () => {
    const model = await quantisedGguf(() => type);
    expect(fileStorage(model.config)).toMatchObject([{ type, format: type.toLowerCase() }]);
    const ids = [1, ...integers(11, 5, model.config.vocabulary)];
    const logits = async (precision: 'file' | 'f32'): Promise<Float32Array> => {
      const base = await BaseModel.create(gpu, model, { capacity: ids.length, precision });
      const result = await base.logits(ids);
      base.destroy();
      return result;
    };
    const error = relativeError(await logits('file'), await logits('f32'));
    console.info(`${type}: ${error.toExponential(1)}`);
    expect(error).toBeLessThanOrEqual(1e-6);
  });

  it('has blocks that another rounding would change', async () => {
    const q = (await quantisedGguf(() => type)).weights.block(0, 'q')!;
    expect(q.blocks!.type).toBe(type);
    const bytes = await q.blocks!.read(0, q.length);
    expect([...quantise(type, await q.read(0, q.length))]).not.toEqual([...bytes]);
    // A range of whole blocks that starts and ends inside heads.
    const size = BLOCK_BYTES[type].scales + BLOCK_BYTES[type].values;
    expect(await q.blocks!.read(96, 160)).toEqual(bytes.subarray(3 * size, 5 * size));
  });
});

it('gives the losses and gradients of the same file widened to f32, with several types', async () => {
  const types: Readonly<Partial<Record<QuantisedPart, QuantisedType>>> = {
    attn_output: 'Q4_1',
    ffn_gate: 'Q4_0',
    ffn_up: 'Q4_0',
  };
  const { config, weights } = await quantisedGguf((part) => types[part] ?? 'Q8_0');
  const { inputs, arm, batch } = await loadFixture('even-text-karma');
  const step = async (precision: 'file' | 'f32') => {
    const { items } = inputs;
    const features = { hidden: floats(items * config.hidden, 1), title: floats(items * config.hidden, 2, 0.1) };
    const spec = { ...inputs.spec, model: { ...inputs.spec.model, precision } };
    const engine = await Engine.create(gpu, { ...inputs, config, weights, features, spec });
    const trained = engine.createArm(arm, floats(engine.layout.size, 3, 0.1));
    const { total } = await engine.trainStep(trained, batch, { update: false });
    const gradients = await engine.readGradients();
    const { weights: bytes } = engine.context.memory.use.groups;
    engine.destroy();
    return { total, gradients, bytes };
  };
  const [stored, exact] = [await step('file'), await step('f32')];
  const error = relativeError(stored.gradients, exact.gradients);
  console.info(`gradients: ${error.toExponential(1)}`);
  // Into f32 weights LoRA is merged, beside others it is a product of its own: the same sum in another order.
  expect(error).toBeLessThanOrEqual(1e-5);
  expect(stored.total).toBeCloseTo(exact.total, 5);
  expect(stored.bytes).toBeLessThan(exact.bytes);
});

describe('formats', () => {
  const shape = readConfig(TINY_CONFIG);
  const withTypes = (of: (tensor: string) => string) => ({ ...shape, fileTypes: fileTypes(shape, of) });

  it('are the file’s own where the engine has them, else halves', () => {
    const config = withTypes((tensor) => (tensor.includes('embed') ? 'Q6_K' : tensor.includes('v_proj') ? 'Q8_0' : 'Q4_0'));
    const formats = matrixFormats(config, 'file');
    expect([formats.embedding, formats.head, formats.block(1, 'o')]).toEqual(['f16', 'f16', 'q4_0']);
    // One product whose parts have two types.
    expect(formats.block(1, 'qkv')).toBe('f16');
    expect(precisionText('file', fileStorage(config))).toBe(
      'Q4_0, as in the file; Q6_K, widened to f16; Q4_0, widened to f16; Q8_0, widened to f16',
    );
    expect(isExact(fileStorage(config))).toBe(false);
  });

  it('keep the values of floats', () => {
    const config = withTypes((tensor) => (tensor.includes('embed') ? 'BF16' : 'F16'));
    expect(precisionText('file', fileStorage(config))).toBe('F16, as in the file; BF16, widened to f32');
    expect(isExact(fileStorage(config))).toBe(true);
  });

  it('are the recipe’s otherwise, and f32 for a model that is no GGUF file', () => {
    expect(matrixFormats(shape, 'q4_1').block(0, 'down')).toBe('q4_1');
    expect(matrixFormats(shape, 'file').embedding).toBe('f32');
    expect(precisionText('q8_0')).toBe('Q8_0');
    expect(precisionText('file')).toBe('as in the file');
  });
});
