/**
 * What baselines of content and of behaviour reach on the sample store: figures of a second implementation,
 * in numpy with dense matrices.
 */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readSampleLog } from '../../log/sample';
import { drawnCases } from '../../testing/drawnCases';
import { rankBaselineInTurns, rankedBaselines, type BaselineId } from './baselines';
import { USUAL_SETTINGS } from './baselineSettings';

const read = readSampleLog(async (path) => Uint8Array.from(await readFile(`public/${path}`)).buffer);
const OPTIONS = { maskHistory: true, maxHistory: 12, listed: 1, settings: { ...USUAL_SETTINGS, ease: { lambda: 200 } } };

it.each(
  drawnCases([
    ['tfidf', '{title}: {description}.', [18.7, 42.9, 60.1]],
    ['tfidf', '{title}, {category}: {description}.', [24.4, 57.9, 81.3]],
    ['category', '{title}', [25.5, 56.0, 82.6]],
    ['ease', '{title}', [38.1, 64.1, 72.8]],
  ] as const satisfies readonly (readonly [BaselineId, string, readonly number[]])[]),
)(
  '%s over %s has HR@10, 50, 200 of %j',
  async (id, itemTemplate, wanted) => {
    const { log, split } = await read;
    const input = { log, split, targets: split.test, features: new Float32Array(log.items.length), hidden: 1, itemTemplate };
    expect(rankedBaselines(input, true)).toContain(id);
    const { ranks } = await rankBaselineInTurns(id, input, OPTIONS);
    [10, 50, 200].forEach((k, at) => {
      const share = (100 * ranks.filter((rank) => rank <= k).length) / ranks.length;
      expect(Math.abs(share - wanted[at]!)).toBeLessThanOrEqual(0.1);
    });
  },
  120_000,
);
