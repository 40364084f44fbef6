// @vitest-environment happy-dom
import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { show } from '../../../testing/component';
import { EMPTY_EXPERIMENT, foldEvents } from '../../../runtime/experimentState';
import { useRuns } from '../../state/runs/runsState';
import { useExperiment } from '../../state/run/experiment';
import { joinSchema, readLocal, SCHEMA, useLocal, writeLocal } from '../../state/kept/local';
import { StorageNotice } from './StorageNotice';

const saved = useRuns.getState();
beforeEach(() => {
  localStorage.clear();
  useLocal.setState({ keeps: true, newer: false });
  useRuns.setState({ ...saved, loaded: true });
  useExperiment.setState(EMPTY_EXPERIMENT);
});
afterEach(() => {
  vi.unstubAllGlobals();
});
const notice = (): string | null => screen.queryByRole('status', { name: 'Not saved' })?.textContent ?? null;

describe('what is not saved', () => {
  it('is reported for each storage separately, and for nothing that is saved', async () => {
    const user = show(<StorageNotice />);
    expect(notice()).toBeNull();
    act(() => {
      useExperiment.setState(
        foldEvents(useExperiment.getState(), [{ type: 'log-kept', problem: 'The browser has no room left for this page.' }]),
      );
    });
    expect(notice()).toContain('The opened log: The browser has no room left for this page.');
    expect(notice()).not.toContain('Runs last');
    act(() => {
      useRuns.setState({ lasting: false });
      useExperiment.setState(
        foldEvents(useExperiment.getState(), [
          { type: 'log-kept', problem: null },
          { type: 'phase', phase: 'running' },
          { type: 'checkpoint', problem: 'No space.' },
        ]),
      );
    });
    expect(notice()).toContain('Runs last until the page is closed.');
    expect(notice()).toContain('The run under way: No space.');
    expect(notice()).not.toContain('The opened log');
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(notice()).toBeNull();
    // A new problem is reported again.
    act(() => {
      useRuns.setState({ problem: 'The last run was not saved.' });
    });
    expect(notice()).toContain('The last run was not saved.');
  });

  it('includes choices that localStorage refuses', () => {
    vi.stubGlobal('localStorage', {
      setItem: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    show(<StorageNotice />);
    act(() => void writeLocal('karma-view', '{}'));
    expect(notice()).toContain('last until the page is closed');
    vi.unstubAllGlobals();
    act(() => void writeLocal('karma-view', null));
    expect(notice()).toBeNull();
  });
});

describe('schemas across tabs', () => {
  const newerTab = (): void => {
    localStorage.setItem('karma-schema', String(SCHEMA + 1));
  };

  it('a tab that meets a newer one stops writing, and says so', () => {
    const stop = joinSchema();
    expect([readLocal('karma-schema'), useLocal.getState().newer]).toEqual([String(SCHEMA), false]);
    show(<StorageNotice />);
    act(() => {
      newerTab();
      localStorage.setItem('karma-recipe', 'the newer one’s');
      dispatchEvent(new StorageEvent('storage', { key: 'karma-schema', newValue: String(SCHEMA + 1) }));
    });
    expect(screen.getByRole('status', { name: 'Newer version' }).textContent).toContain('saves nothing from now on');
    writeLocal('karma-recipe', 'ours');
    expect([localStorage.getItem('karma-recipe'), readLocal('karma-recipe')]).toEqual(['the newer one’s', 'ours']);
    stop();
  });

  it('a tab opened after a newer version leaves its mark unchanged; one opened after an older version raises it', () => {
    newerTab();
    joinSchema()();
    expect([useLocal.getState().newer, localStorage.getItem('karma-schema')]).toEqual([true, String(SCHEMA + 1)]);
    useLocal.setState({ newer: false });
    localStorage.setItem('karma-schema', '0');
    joinSchema()();
    expect([useLocal.getState().newer, localStorage.getItem('karma-schema')]).toEqual([false, String(SCHEMA)]);
  });
});
