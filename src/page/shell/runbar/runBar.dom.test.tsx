import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { madeRun } from '../../../testing/savedRuns';
import { show } from '../../../testing/component';
import type { Experiment } from '../../../runtime/experimentState';
import { useExperiment } from '../../state/run/experiment';
import { StatusStrip } from './StatusStrip';
import { Transport } from './Transport';

it('tells every phase of a run in the same element, so that screen readers say it, and the step that Step took', () => {
  const record = madeRun({ seed: 1, hr: { action: 0.4, karma: 0.5 } });
  show(<StatusStrip />);
  const status = screen.getByRole('status');
  const said = (state: Partial<Experiment>): string => {
    act(() => {
      useExperiment.setState(state);
    });
    expect(screen.getByRole('status')).toBe(status);
    return status.textContent;
  };
  expect(said({ phase: 'idle', source: 'none' })).toBe('Loading the recorded experiment');
  expect(said({ phase: 'idle', source: 'recorded', record })).toMatch(/^Recorded run/);
  expect(said({ phase: 'preparing', stage: { stage: 'compile', note: '2 kernels', done: 0, total: 2 } })).toBe(
    'Compiling shaders',
  );
  expect(said({ phase: 'running', source: 'live', stage: null })).toBe('Running');
  expect(said({ phase: 'paused' })).toBe('Paused');
  const step = document.querySelector('[aria-live=polite]')!;
  const taken = (more: number): void => {
    const arms = record.arms.map((arm) => ({ ...arm, steps: { ...arm.steps, step: [...arm.steps.step, 7 + more] } }));
    act(() => {
      useExperiment.setState({ record: { ...record, arms } });
    });
  };
  taken(0);
  expect(step.textContent).toMatch(/^step 7\//);
  taken(1);
  expect(step.textContent).toMatch(/^step 8\//);
  expect(said({ phase: 'finished' })).toBe('Finished');
});

it('resumes a paused run, and does not seem to begin another', () => {
  show(<Transport />);
  const main = (): string | null => screen.getAllByRole('button')[0]!.textContent;
  act(() => {
    useExperiment.setState({ phase: 'paused', source: 'live' });
  });
  expect(main()).toBe('Resume');
  act(() => {
    useExperiment.setState({ phase: 'stopped' });
  });
  expect(main()).toBe('Run');
});
