/** The fixtures of PyTorch with activations that are run again or kept in parts. */
import type { Campaign } from '../testing/campaign';
import { fixtureNames } from '../testing/fixtures';
import { expectAgreement, LESS_MEMORY } from '../testing/keptActivations';
import { sharedGpu } from '../testing/sharedGpu';

const CASES = fixtureNames().flatMap((name) => LESS_MEMORY.map((kept) => ({ name, kept })));

const campaign: Campaign = {
  claim:
    'a step whose activations are run again, or kept for a part of the batch at a time, has PyTorch’s losses and gradients to 1e-4',
  cases: CASES.length,
  // reference.gpu.test.ts has some of the cases.
  sample: 0,
  open: async () => {
    const gpu = await sharedGpu();
    return {
      run: async (index) => {
        const { name, kept } = CASES[index]!;
        return { 'error of a gradient': await expectAgreement(gpu, name, kept) };
      },
    };
  },
};
export default campaign;
