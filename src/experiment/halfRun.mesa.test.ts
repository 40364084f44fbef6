/** A whole run with products in half precision. Only on adapters that have `shader-f16`. */
import { describe, expect, it } from 'vitest';
import { methodsParagraph } from '../readings/methods/methodsParagraph';
import { PipelineWatch } from '../testing/pipelineWatch';
import { sharedGpu } from '../testing/sharedGpu';
import { SmallExperiment, smallSpec } from '../testing/smallExperiment';
import { runExperiment } from './runExperiment';
import { skipUnless } from '../testing/skipUnless';

const gpu = await sharedGpu();

describe('a run in half precision', () => {
  skipUnless(gpu.adapter.f16, 'the adapter has no shader-f16');
  it('compiles its kernels ahead, and says what the model loses', async () => {
    const experiment = await SmallExperiment.shared();
    const watch = new PipelineWatch(experiment.gpu);
    const spec = smallSpec({ model: { arithmetic: 'f16' }, evaluation: { evaluations: 1, sampleUsers: 8 } });
    const record = await runExperiment(
      { ...experiment.inputs(spec), gpu: watch.gpu },
      () => undefined,
      () => Promise.resolve('go'),
    );
    expect(record.complete).toBe(true);
    expect(watch.waitedFor).toEqual([]);
    const { storage } = record.base;
    expect(storage).toMatchObject({ precision: 'f32', arithmetic: 'f16' });
    expect(storage!.divergence).toBeGreaterThan(0);
    expect(storage!.divergence).toBeLessThan(1e-3);
    expect(methodsParagraph(record)).toMatch(/Weights in f32, multiplied in f16 change the NLL of held-out item texts from/);
  }, 240_000);

  it('is refused where the device has none', async () => {
    const experiment = await SmallExperiment.shared();
    const without = { ...experiment.gpu, adapter: { ...experiment.gpu.adapter, f16: false } };
    const run = runExperiment(
      { ...experiment.inputs(smallSpec({ model: { arithmetic: 'f16' } })), gpu: without },
      () => undefined,
      () => Promise.resolve('go'),
    );
    await expect(run).rejects.toThrow(/lacks shader-f16/);
  });
});
