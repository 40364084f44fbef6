import { act, fireEvent, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import type { Phase } from '../../../runtime/protocol';
import { show } from '../../../testing/component';
import { smallRecord } from '../../../testing/smallRecord';
import { useExperiment } from '../../state/run/experiment';
import { setKeys, setView, useView } from '../../state/view/view';
import { HelpDialog } from './HelpDialog';
import { useShortcuts } from './useShortcuts';

const session = { run: vi.fn(), pause: vi.fn(), resume: vi.fn(), step: vi.fn(), stop: vi.fn() };

function Page() {
  useShortcuts();
  const dialog = useView((view) => view.dialog);
  return (
    <>
      <p>Some prose to read.</p>
      <input aria-label="A text" />
      {dialog === 'help' && <HelpDialog />}
    </>
  );
}

/** Presses Space; @returns whether it is left to the browser, which scrolls. */
function spaceScrolls(): boolean {
  return document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true, cancelable: true }));
}

function be(phase: Phase): void {
  useExperiment.setState({ ...EMPTY_EXPERIMENT, record: smallRecord(), source: 'live', phase });
}

describe('single-key shortcuts', () => {
  beforeEach(() => {
    localStorage.clear();
    setKeys(true);
    setView({ dialog: null, head: 0 });
    vi.clearAllMocks();
  });

  it('can be switched off in the help, also for later visits', async () => {
    be('finished');
    const user = show(<Page />, session);
    const { head } = useView.getState();
    await user.keyboard('h');
    expect(useView.getState().head).not.toBe(head);
    await user.keyboard('?');
    expect(useView.getState().dialog).toBe('help');
    await user.click(screen.getByRole('checkbox', { name: /^Single-key shortcuts/ }));
    await user.click(screen.getByRole('button', { name: 'Close' }));
    act(() => {
      setView({ dialog: null });
    });
    const before = useView.getState().head;
    await user.keyboard('h?s');
    expect([useView.getState().head, useView.getState().dialog]).toEqual([before, null]);
    expect(session.step).not.toHaveBeenCalled();
    expect(localStorage.getItem('karma-keys')).toBe('off');
  });

  it('Space pauses and resumes a run; it scrolls if none is under way, or if prose was clicked into', () => {
    be('finished');
    show(<Page />, session);
    expect(spaceScrolls()).toBe(true);
    for (const phase of ['running', 'paused'] as const) {
      be(phase);
      expect(spaceScrolls()).toBe(false);
    }
    expect([session.pause, session.resume].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    fireEvent.pointerDown(screen.getByText('Some prose to read.'));
    expect(spaceScrolls()).toBe(true);
    expect(session.resume).toHaveBeenCalledTimes(1);
  });

  it('Ctrl+K opens the commands, also from a text; others leave it its keys', async () => {
    be('finished');
    const user = show(<Page />, session);
    await user.click(screen.getByLabelText('A text'));
    await user.keyboard('h?{Control>}z{/Control}');
    expect([useView.getState().head, useView.getState().dialog]).toEqual([0, null]);
    await user.keyboard('{Control>}k{/Control}');
    expect(useView.getState().dialog).toBe('commands');
  });
});
