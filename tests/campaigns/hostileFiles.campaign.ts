/**
 * Files and texts from outside, changed at random: each reader reads them or says why not, in bounded time
 * and memory.
 */
import { expect } from 'vitest';
import fc from 'fast-check';
import { fuzzCampaign } from '../../src/testing/campaign';
import { hostileBytes, hostileJson } from '../../src/testing/hostile';
import { hostileReaders, type HostileReader } from '../../src/testing/hostileReaders';

/** Far more than any case takes on a busy machine: meant to detect hangs. */
const HANG_MS = 30_000;

const cases = fc.record({ which: fc.nat(), inJson: hostileJson, inBytes: hostileBytes });
let readers: Promise<readonly HostileReader[]> | undefined;

export default fuzzCampaign(
  'a hostile file is read, or refused with words for a person, and leaves nothing behind',
  { cases: 6000, sample: 100, shrink: false },
  cases,
  async ({ which, inJson, inBytes }) => {
    const all = await (readers ??= hostileReaders());
    const { name, good, read } = all[which % all.length]!;
    const bytes = 'json' in good ? new TextEncoder().encode(inJson(good.json)) : inBytes(good.bytes);
    const before = process.resourceUsage().maxRSS;
    const start = performance.now();
    const refused = await read(bytes);
    const ms = performance.now() - start;
    expect(ms, `${name} hangs`).toBeLessThan(HANG_MS);
    if (refused !== null) expect(refused.trim().length, `${name} is refused without words`).toBeGreaterThan(10);
    expect(Object.keys(Object.prototype), `${name} pollutes objects`).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    return { [`ms, ${name}`]: ms, 'MB more at the peak': (process.resourceUsage().maxRSS - before) / 1e3 };
  },
);
