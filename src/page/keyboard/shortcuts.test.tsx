// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_EXPERIMENT } from '../../runtime/experimentState';
import type { Phase } from '../../runtime/protocol';
import { show } from '../../testing/component';
import { smallRecord } from '../../testing/smallRecord';
import { useExperiment } from '../state/experiment';
import { setKeys, setView, useView } from '../state/view';
import { HelpDialog } from './HelpDialog';
import { useShortcuts } from './useShortcuts';

const transport = vi.hoisted(() => ({ toggle: vi.fn(), step: vi.fn(), stop: vi.fn(), hindrance: null }));
vi.mock('../runbar/useTransport', () => ({ useTransport: () => transport }));

function Page() {
  useShortcuts();
  return (
    <>
      <p>Some prose to read.</p>
      <HelpDialog />
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
    setView({ helpOpen: false, head: 0 });
    vi.clearAllMocks();
  });

  it('can be switched off in the help, also for later visits', async () => {
    be('finished');
    const user = show(<Page />);
    const { head } = useView.getState();
    await user.keyboard('h');
    expect(useView.getState().head).not.toBe(head);
    await user.keyboard('?');
    expect(useView.getState().helpOpen).toBe(true);
    await user.click(screen.getByRole('checkbox', { name: /^Single-key shortcuts/ }));
    await user.click(screen.getByRole('button', { name: 'Close' }));
    setView({ helpOpen: false });
    const before = useView.getState().head;
    await user.keyboard('h?s');
    expect([useView.getState().head, useView.getState().helpOpen]).toEqual([before, false]);
    expect(transport.step).not.toHaveBeenCalled();
    expect(localStorage.getItem('karma-keys')).toBe('off');
  });

  it('Space pauses and resumes a run; it scrolls if none is under way, or if prose was clicked into', () => {
    be('finished');
    show(<Page />);
    expect(spaceScrolls()).toBe(true);
    for (const phase of ['running', 'paused'] as const) {
      be(phase);
      expect(spaceScrolls()).toBe(false);
    }
    expect(transport.toggle).toHaveBeenCalledTimes(2);
    fireEvent.pointerDown(screen.getByText('Some prose to read.'));
    expect(spaceScrolls()).toBe(true);
    expect(transport.toggle).toHaveBeenCalledTimes(2);
  });
});
