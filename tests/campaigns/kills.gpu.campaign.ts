/** The process that trains is killed at a random moment, and started again. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Campaign } from '../../src/testing/campaign';
import { caseSeed } from '../../src/testing/seed';
import { runScript } from '../../src/testing/killedProcess';
import { ENDED } from '../../src/testing/killedRun';

interface Trial {
  /** Null if it was killed. */
  readonly measured: unknown;
  /** The step from which it continued, and the last one taken. */
  readonly from: number;
  readonly step: number;
  readonly milliseconds: number;
}

/**
 * Starts the run in `folder`, and kills it after that many milliseconds.
 * @param cache folder shared by runs
 */
async function start(folder: string, cache: string, killAfter?: number): Promise<Trial> {
  const { code, said, complaints, milliseconds } = await runScript('tools/killedRun.mjs', [folder, cache], killAfter);
  if (code !== null && code !== 0) throw new Error(`The run failed (${code}).\n${complaints}`);
  const numbers = (word: string): number[] =>
    [...said.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map(([, number]) => Number(number));
  const result = path.join(folder, ENDED);
  return {
    measured: existsSync(result) ? (JSON.parse(readFileSync(result, 'utf8')) as unknown) : null,
    from: numbers('from')[0] ?? 0,
    step: Math.max(0, ...numbers('step')),
    milliseconds,
  };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'karma-kill-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const campaign: Campaign = {
  claim:
    'a run whose process is killed at a random moment goes on from its last checkpoint, at most one step back, to the numbers of an unbroken one',
  cases: 100,
  // Three processes, each of which compiles its kernels: too slow for everyday tests, for which there is
  // resume.mesa.test.ts.
  sample: 0,
  open: async (seed) => {
    const cache = mkdtempSync(path.join(tmpdir(), 'karma-kill-features-'));
    const whole = await inFolder((folder) => start(folder, cache));
    expect(whole.measured).not.toBeNull();
    return {
      run: (index) =>
        inFolder(async (folder) => {
          const moment = (caseSeed(seed, index) >>> 0) / 2 ** 32;
          const killed = await start(folder, cache, moment * whole.milliseconds);
          if (killed.measured !== null) expect(killed.measured).toEqual(whole.measured);
          const resumed = await start(folder, cache);
          expect(resumed.measured).toEqual(whole.measured);
          const lost = killed.step - resumed.from;
          expect(lost, 'steps lost').toBeLessThanOrEqual(1);
          return { 'steps lost': lost, 'killed in training': Number(killed.step > 0 && killed.measured === null) };
        }),
      close: () => {
        rmSync(cache, { recursive: true });
      },
    };
  },
};
export default campaign;
