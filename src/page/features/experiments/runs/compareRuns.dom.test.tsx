import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { measure } from '../../../../measures/measures';
import { madeRun, type MadeRun } from '../../../../testing/savedRuns';
import { smallRecord } from '../../../../testing/smallRecord';
import { show } from '../../../../testing/component';
import { speak, SPOKEN_ENGLISH } from '../../../../words/languages';
import { CompareRuns } from './CompareRuns';
import { MapsCompared, sharedProbes } from './MapsCompared';
import { describeRun, type RunEntry } from '../../../../readings/runs/runEntry';
import { deleteRuns, keepRun } from '../../../state/runs/runsState';
import { designOf, powerValues, seedsSentence } from '../../../../readings/runs/powerWords';

const HR = measure('hr@10');

function run(seed: number, hr: MadeRun['hr'], of: Pick<MadeRun, 'log' | 'rate'> = {}): RunEntry {
  return describeRun(madeRun({ seed, hr, ...of }), { status: 'finished' });
}

const STORE = [0.5, 0.52, 0.49].map((karma, seed) => run(seed, { action: 0.4, karma }));

describe('runs compared', () => {
  it('show differences from the chosen baseline, the test, and how recipes differ', async () => {
    const fast = [0.3, 0.33, 0.31].map((karma, seed) => run(seed, { karma }, { rate: 4e-3 }));
    const user = show(<CompareRuns rows={[...STORE, ...fast]} measure={HR} />);
    const row = (name: RegExp) => within(screen.getByRole('row', { name }));
    row(/^KARMA 0, 1, 2 50\.3 ± 1\.5 \+10\.3 \[\+6\.5, \+14\.1\]/);
    row(/^Action .* the baseline$/);
    expect(screen.getByRole('row', { name: /^KARMA, Learning rate/ }).textContent).toContain('Learning rate 0.001 → 0.004');
    await user.selectOptions(screen.getByLabelText('Compare with'), 'KARMA');
    row(/^Action 0, 1, 2 40\.0 ± 0\.0 −10\.3/);
    row(/^KARMA .* the baseline$/);
  });

  it('are compared only on one log', () => {
    show(<CompareRuns rows={[...STORE, run(0, { action: 0.1 }, { log: 'Films' })]} measure={HR} />);
    expect(screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual([
      'Store, wordnet-1m',
      'Films, wordnet-1m',
    ]);
  });

  it('say which difference their seeds can detect, and how many seeds a difference needs', async () => {
    const user = show(<CompareRuns rows={STORE} measure={HR} />);
    const design = designOf(
      [10, 12, 9].map((points) => points / 100),
      1,
    )!;
    const { difference, sd } = powerValues(HR, 3, design, 1);
    const told = `with these 3 seeds a difference of ${difference} would be distinguishable in 80 % of such experiments (standard deviation of the paired differences ${sd}, itself known from 3 seeds alone).`;
    screen.getByText((_, element) => element?.tagName === 'P' && element.textContent.includes(told));
    const wished = screen.getByLabelText('A difference of (%)');
    await user.clear(wished);
    await user.type(wished, '1{Enter}');
    await user.tab();
    screen.getByText(seedsSentence(0.01, design));
  });

  it('have the language of the page on the page, and English in the file', async () => {
    speak({ id: 'ko', catalog: { 'Learning rate': '학습률' } });
    try {
      const fast = [0.3, 0.33, 0.31].map((karma, seed) => run(seed, { karma }, { rate: 4e-3 }));
      const user = show(<CompareRuns rows={[...STORE, ...fast]} measure={HR} />);
      screen.getByRole('row', { name: /^KARMA, 학습률/ });
      await user.click(screen.getByRole('button', { name: 'Options' }));
      await user.click(screen.getByRole('menuitem', { name: 'Data table' }));
      const data = await screen.findByRole('region', { name: /^Data of/ });
      expect(data.textContent).toContain('KARMA, Learning rate');
      expect(data.textContent).not.toContain('학습률');
    } finally {
      speak(SPOKEN_ENGLISH);
    }
  });

  it('say so if there is nothing to compare, or no spread', () => {
    show(<CompareRuns rows={[{ ...STORE[0]!, status: 'stopped' }]} measure={HR} />);
    screen.getByText(/There is nothing to compare/);
    expect(designOf([0.1], 1)).toBeNull();
    expect(designOf([0.1, 0.1], 1)).toBeNull();
  });
});

describe('attention of two arms', () => {
  it('is shown on the histories that both runs recorded, with its difference', async () => {
    const record = smallRecord();
    const kept = describeRun(record, { status: 'finished' });
    await keepRun(kept, record);
    const mapped = (arm: string) => ({ label: arm, run: kept.id, arm, seed: 0 });
    show(<MapsCompared own={mapped('karma')} baseline={mapped('action')} />);
    await screen.findByRole('group', { name: /^Attention of karma − action, layer 1, head 1/ });
    screen.getByText(/After the last step, seed 0, one history\. The colours of the difference end at ±0\.5\./);
    expect(screen.getByLabelText('History').textContent).toBe('next is kettle');
    await deleteRuns([kept.id]);
  });

  it('needs the same user with the same history', () => {
    const { probes } = smallRecord();
    const other = [{ ...probes[0]!, user: 'v' }, ...probes];
    expect(sharedProbes({ probes }, { probes: other })).toEqual([{ probe: probes[0], at: [0, 1] }]);
    expect(sharedProbes({ probes }, { probes: [{ ...probes[0]!, labels: ['[BOS]', '[EMB]'] }] })).toEqual([]);
  });
});

describe('power in words', () => {
  const design = { sd: 0.01, alpha: 0.05 };

  it('has the numbers of the statistics, in the displayed unit', () => {
    // 5 seeds detect a difference of 1.68 deviations (scipy: 1.684).
    expect(powerValues(HR, 5, design, 1)).toMatchObject({ n: '5', difference: '1.7', share: '80', comparisons: '1' });
    expect(powerValues(HR, 5, { ...design, alpha: 0.05 / 4 }, 4)).toMatchObject({ comparisons: '4' });
    expect(seedsSentence(0.0168, design)).toMatch(/^needs 6 seeds/);
    expect(seedsSentence(0, design)).toBe('needs a number other than 0.');
    expect(seedsSentence(1e-6, design)).toContain('more than ten thousand');
  });
});
