/** docs/metrics.md lists the entries exactly. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Measure, RankingMeasure } from './measure';
import { differenceHeading, entries, measureHeading, measureName, rankingMeasure, rankingMeasures } from './measures';
import { BASELINES } from './ranking/baselineNames';

const docs = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

/** Lines without the padding of columns. */
const lines = docs.split('\n').map((line) => line.replace(/ {2,}/g, ' '));

type Listed = Pick<Measure, 'id' | 'name' | 'unit' | 'better' | 'definition' | 'tag'>;

function row({ id, name, unit, better, definition, tag }: Listed): string {
  const cells = `| ${name} | \`${id}\` | ${unit} | ${better ?? '–'} | ${definition} [${tag}] |`;
  return cells.replace(/ {2,}/g, ' ');
}

const rankings = rankingMeasures().map((one: RankingMeasure) => ({
  ...one,
  id: measureName({ name: one.id, atK: one.atK }, 'K'),
  name: measureName(one, 'K'),
}));

it.each([...rankings, ...entries()])('docs/metrics.md has the entry $id in its table', (one) => {
  // If this fails, put this line into the table of docs/metrics.md.
  expect(lines).toContain(row(one));
});

it('shares are in percent, their differences in points', () => {
  const hr = { ...rankingMeasure('hr'), name: 'HR@10' };
  expect([measureHeading(hr), differenceHeading(hr)]).toEqual(['HR@10 (%)', 'HR@10 (points)']);
  expect(differenceHeading({ name: 'LM drift', unit: 'nats per token' })).toBe('LM drift (nats per token)');
});

it('docs/metrics.md has no other measure in its table', () => {
  const listed = lines.filter((line) => /^\| [^|]* \| `/.test(line));
  expect(listed).toEqual([...rankings, ...entries()].map(row));
});

it.each(BASELINES)('docs/metrics.md defines the baseline $name', ({ name }) => {
  expect(docs).toContain(`**${name.charAt(0).toUpperCase()}${name.slice(1)}.**`);
});
