/** The device is lost after a random step, in every second case again while the run recovers. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { fuzzCampaign } from '../../src/testing/campaign';
import { Interruptions } from '../../src/testing/interruptions';

export default fuzzCampaign(
  'a run that loses its device goes on by itself, to the same numbers, bit by bit',
  // Each device compiles its kernels; resume.mesa.test.ts has one case.
  { cases: 50, sample: 0, shrink: false },
  fc.record({ afterStep: fc.integer({ min: 0, max: 3 }), duringRecovery: fc.boolean() }),
  async (loss) => {
    const interruptions = await Interruptions.shared();
    const { measured, resumed } = await interruptions.loseDevice(loss);
    expect(measured).toEqual(await interruptions.unbroken());
    expect(resumed).toHaveLength(loss.duringRecovery ? 2 : 1);
    return { 'times lost': resumed.length };
  },
);
