/** The engine in Chromium: its losses, gradients and steps of the reference's fixtures. */
import { expect } from '../../e2e/support/playground';
import type { PageBench } from '../../e2e/support/pageBench';
import { ENGINE_PORT } from '../../e2e/support/ports';
import type { Campaign } from '../../src/testing/campaign';
import { fixtureNames, largestError, tooLarge } from '../../src/testing/fixtures';

const NAMES = fixtureNames();

const campaign: Campaign<PageBench> = {
  claim: 'the engine computes in Chromium what PyTorch computes: losses, gradients and parameters after two steps, to 1e-4',
  cases: NAMES.length,
  // A quarter of a second each.
  sample: NAMES.length,
  open: async (_, { browser }) => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${ENGINE_PORT}/e2e/engine/index.html`);
    return {
      run: async (index) => {
        const name = NAMES[index]!;
        const errors = await page.evaluate((fixture) => window.agreementOf!(fixture), name);
        expect(tooLarge(errors), name).toEqual([]);
        return {
          'error of a loss': largestError(errors, 'loss'),
          'error of a gradient': largestError(errors, 'grad'),
          'error after two steps': largestError(errors, 'after2'),
        };
      },
      close: () => page.close(),
    };
  },
};
export default campaign;
