// @vitest-environment happy-dom
import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { madeRun } from '../../testing/savedRuns';
import { show } from '../../testing/component';
import { useExperiment } from '../state/experiment';
import { describeRun } from './runEntry';
import { RunsView } from './RunsView';
import { useRuns } from './runsState';

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
