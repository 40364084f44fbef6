/**
 * Training with products in half precision, against PyTorch in float64. Only on adapters that have
 * `shader-f16`.
 */
import { describe, expect, it } from 'vitest';
import { storageError } from '../experiment/evaluate/storageError';
import { heldWeights } from '../model/weightSource';
import { largestError } from '../testing/fixtures';
import { drawnCases } from '../testing/drawnCases';
import { loadFixture } from '../testing/loadFixture';
import { randomTestWeights } from '../testing/randomModel';
import { sharedGpu } from '../testing/sharedGpu';
import { agreement } from './agreement';
import { skipUnless } from '../testing/skipUnless';

const gpu = await sharedGpu();

const NUMBERS = { precision: 'f32', arithmetic: 'f16' } as const;

describe('products in half precision', () => {
  skipUnless(gpu.adapter.f16, 'the adapter has no shader-f16');
  const cases = ['even-token-karma-hide', 'even-text-every', 'gemma3-text-karma', 'llama3-token-karma', 'qwen3-token-karma'];

  it.each(drawnCases(cases))('give losses and gradients near the reference’s, %s', async (name) => {
    const fixture = await loadFixture(name);
    const { spec } = fixture.inputs;
    const half = { ...spec, model: { ...spec.model, arithmetic: NUMBERS.arithmetic } };
    const errors = await agreement(gpu, {
      ...{ json: fixture.json, batch: fixture.batch, arm: fixture.arm },
      inputs: { ...fixture.inputs, spec: half },
      tensor: fixture.tensor.bind(fixture),
      has: fixture.has.bind(fixture),
    });
    const [loss, gradient] = [largestError(errors, 'loss'), largestError(errors, 'grad')];
    console.info(`${name} in f16: loss ${loss.toExponential(1)}, gradient ${gradient.toExponential(1)}`);
    expect(loss).toBeLessThan(1e-2);
    expect(gradient).toBeLessThan(0.1);
    // Computed in float32 it would be a thousand times closer.
    expect(gradient).toBeGreaterThan(1e-3);
  });

  it('are refused for a model whose numbers half floats cannot hold', async () => {
    const { config } = (await loadFixture('even-token-gen-id-in')).inputs;
    const weights = randomTestWeights(config);
    const texts = [[5, 6, 7]];
    const error = await storageError(gpu, { config, weights: heldWeights(weights) }, NUMBERS, texts);
    expect(error).toMatchObject({ ...NUMBERS, tokens: 3 });
    expect(error.divergence).toBeGreaterThan(0);
    const large = { ...weights, finalNorm: weights.finalNorm.map((gain) => 1e6 * gain) };
    await expect(storageError(gpu, { config, weights: heldWeights(large) }, NUMBERS, texts)).rejects.toThrow(
      /above 65,504.*Choose f32/,
    );
  });
});
