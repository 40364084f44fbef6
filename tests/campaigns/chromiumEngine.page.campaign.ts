/** The engine in Chromium: its losses, gradients and steps of the reference's fixtures. */
import { readdirSync } from 'node:fs';
import { expect } from '../../e2e/support/playground';
import type { PageBench } from '../../e2e/support/pageBench';
import { ENGINE_PORT } from '../../e2e/support/ports';
import type { Campaign } from '../../src/testing/campaign';

const FOLDER = new URL('../../python/fixtures/', import.meta.url);
const FIXTURES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort();
const TOLERANCE = 1e-4;

const campaign: Campaign<PageBench> = {
  claim: 'the engine computes in Chromium what PyTorch computes: losses, gradients and parameters after two steps, to 1e-4',
  cases: FIXTURES.length,
  sample: 20,
  open: async (_, { browser }) => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${ENGINE_PORT}/e2e/engine/index.html`);
    return {
      run: async (index) => {
        const name = FIXTURES[index]!;
        const errors = Object.entries(await page.evaluate((fixture) => window.agreementOf!(fixture), name));
        const wrong = errors.filter(([, error]) => !(error < TOLERANCE));
        expect(wrong, name).toEqual([]);
        const largest = (prefix: string): number =>
          Math.max(0, ...errors.flatMap(([label, error]) => (label.startsWith(prefix) ? [error] : [])));
        return {
          'error of a loss': largest('loss'),
          'error of a gradient': largest('grad'),
          'error after two steps': largest('after2'),
        };
      },
      close: () => page.close(),
    };
  },
};
export default campaign;
