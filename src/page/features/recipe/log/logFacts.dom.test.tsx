import { screen } from '@testing-library/react';
import { readFileSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { readSampleLog } from '../../../../log/sample';
import { summariseLog } from '../../../../log/summary';
import { PRESETS } from '../../../../recipe/presets';
import type { LogSummary, RunRecord } from '../../../../record/runRecord';
import { show } from '../../../../testing/component';
import { useExperiment } from '../../../state/run/experiment';
import { setRecipe } from '../../../state/recipe/recipe';
import { LogFacts } from './LogFacts';

const data = await readSampleLog((path) => Promise.resolve(Uint8Array.from(readFileSync(`public/${path}`)).buffer));
const sample = summariseLog('sample', data);

function shown(summary: LogSummary): string {
  useExperiment.setState({ log: null, record: { data: summary } as RunRecord });
  show(<LogFacts />);
  return document.body.textContent;
}

beforeEach(() => {
  const [preset] = PRESETS;
  setRecipe(preset!.id, preset!.spec);
});

it('names the sample store’s pictures, their licence, how they were matched, and their limits', () => {
  expect(shown(sample)).toContain(
    '5,200 of 5,200 items have visual features, 64 numbers each: icons of Noto Emoji (Google Inc, Apache 2.0), found by the title for 190, by its last word for 394 and by the category for 4,616. So these features say little more than the category.',
  );
  const licence = screen.getByRole('link', { name: 'Apache 2.0' });
  expect(licence.getAttribute('href')).toBe('https://github.com/googlefonts/noto-emoji/blob/main/svg/LICENSE');
});

it('says how many items have visual features from the log, and nothing if there are none', () => {
  expect(shown({ ...sample, visual: { width: 8, missing: 200 } })).toContain(
    '5,000 of 5,200 items have visual features, 8 numbers each.',
  );
});

it('says nothing if there are none', () => {
  const { visual: _, ...without } = sample;
  expect(shown(without)).not.toContain('visual features');
});
