/**
 * The claim that the engine computes in a browser what PyTorch computes, on every fixture of python/fixtures.
 */
import { expect } from '@playwright/test';
import type { Campaign, OpenCampaign } from '../../src/testing/campaign';
import { fixtureNames, largestError, tooLarge } from '../../src/testing/fixtures';
import type { PageBench } from './pageBench';
import { ENGINE_PORT } from './ports';

const NAMES = fixtureNames();

/** The page of e2e/engine in a browser. */
export interface EnginePage {
  /** Relative errors by quantity, from `window.agreementOf`. */
  readonly errorsOf: (fixture: string) => Promise<Readonly<Record<string, number>>>;
  readonly close: NonNullable<OpenCampaign['close']>;
}

/** @param open opens the page at a URL */
export function engineCampaign(
  name: string,
  {
    open,
    ...rest
  }: Pick<Campaign<PageBench>, 'sample' | 'missing'> & {
    readonly open: (url: string, bench: PageBench) => Promise<EnginePage>;
  },
): Campaign<PageBench> {
  return {
    claim: `the engine computes in ${name} what PyTorch computes: losses, gradients and parameters after two steps, to 1e-4`,
    cases: NAMES.length,
    ...rest,
    open: async (_, bench) => {
      const { errorsOf, close } = await open(`http://127.0.0.1:${ENGINE_PORT}/e2e/engine/index.html`, bench);
      return {
        run: async (index) => {
          const fixture = NAMES[index]!;
          const errors = await errorsOf(fixture);
          expect(tooLarge(errors), fixture).toEqual([]);
          return {
            'error of a loss': largestError(errors, 'loss'),
            'error of a gradient': largestError(errors, 'grad'),
            'error after two steps': largestError(errors, 'after2'),
          };
        },
        close,
      };
    },
  };
}
