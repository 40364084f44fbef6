/** A run on a device whose products are wrong. */
import { expect, it } from 'vitest';
import { WrongProductError } from '../engine/gemm/checkProducts';
import { watchBuffers } from '../gpu/bufferWatch';
import { alteredGpu, PRODUCT_FAULTS } from '../testing/alteredProducts';
import { drawnCases } from '../testing/drawnCases';
import { SmallExperiment, smallSpec } from '../testing/smallExperiment';
import { runExperiment } from './runExperiment';

/** A small run has no 500 rows, and few kernels that add to C. */
const FAULTS = ['the last row is dropped', 'the last columns are dropped', 'half of the terms are summed'];

it.each(drawnCases(FAULTS))('ends before its first step where %s', async (fault) => {
  const experiment = await SmallExperiment.shared();
  const { gpu } = alteredGpu(experiment.gpu, 'gemm_', PRODUCT_FAULTS[fault]!);
  const events: string[] = [];
  await watchBuffers(gpu.device, async (watch) => {
    const run = runExperiment(
      { ...experiment.inputs(smallSpec()), gpu },
      ({ type }) => events.push(type),
      () => Promise.resolve('go'),
    );
    await expect(run).rejects.toThrow(WrongProductError);
    expect(watch.open).toBe(0);
  });
  expect(events).not.toContain('started');
});

it('its record says what was checked', async () => {
  const { record } = await (await SmallExperiment.shared()).run(smallSpec());
  expect(record.checked!.products).toBeGreaterThan(30);
  expect(record.checked!.worst).toBeGreaterThan(0);
  expect(record.checked!.worst).toBeLessThan(0.5);
});
