import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { madeRun } from '../../../../testing/savedRuns';
import { show } from '../../../../testing/component';
import { useExperiment } from '../../../state/run/experiment';
import { describeRun } from '../../../../readings/runs/runEntry';
import { RunsView } from './RunsView';
import { keepRun, useRuns } from '../../../state/runs/runsState';

it('says whether the run on the page is running, paused or over', () => {
  const entry = describeRun(madeRun({ seed: 1, hr: { action: 0.4, karma: 0.5 } }), { status: 'interrupted' });
  useExperiment.setState({ phase: 'running' });
  useRuns.setState({ entries: [entry], live: entry.id });
  show(<RunsView />);
  expect(screen.getByRole('cell', { name: 'running' })).toBeTruthy();
  act(() => {
    useExperiment.setState({ phase: 'paused' });
  });
  expect(screen.getByRole('cell', { name: 'paused' })).toBeTruthy();
  act(() => {
    useRuns.setState({ live: null });
  });
  expect(screen.getByRole('cell', { name: 'interrupted' })).toBeTruthy();
});

it('keeps the focus where deleting is asked about, answered and undone', async () => {
  const entries = [1, 2].map((seed) => describeRun(madeRun({ seed, hr: { action: 0.4, karma: 0.5 } }), { status: 'finished' }));
  for (const seed of [1, 2]) await keepRun(entries[seed - 1]!, madeRun({ seed, hr: { action: 0.4, karma: 0.5 } }));
  useRuns.setState({ live: null, removed: [] });
  const user = show(
    <main id="main" tabIndex={-1}>
      <RunsView />
    </main>,
  );
  const button = (name: RegExp): HTMLElement => screen.getAllByRole('button', { name })[0]!;
  const focused = (): string => document.activeElement!.getAttribute('aria-label') ?? document.activeElement!.textContent;
  await user.click(button(/^Delete .*seed 1$/));
  expect(focused()).toBe('Keep');
  await user.click(button(/^Keep$/));
  expect(focused()).toMatch(/^Delete .*seed 1$/);
  await user.click(button(/^Delete .*seed 1$/));
  await user.click(button(/^Confirm delete$/));
  await screen.findByRole('button', { name: 'Undo' });
  expect(focused()).toBe('Undo');
  await user.click(button(/^Undo$/));
  expect(document.activeElement!.id).toBe('main');
});
