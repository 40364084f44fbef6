import { cleanup, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import { show } from '../../../testing/component';
import { smallRecord } from '../../../testing/smallRecord';
import { useExperiment } from '../../state/run/experiment';
import { setView, useView } from '../../state/view/view';
import type { ListedAction } from './action';
import { allActions } from './actions';
import { CommandPalette } from './CommandPalette';
import { matchingActions } from './palette';
import { isPressed, shortcutText } from './shortcut';
import type { Session } from '../../state/session/session';

const session = { pause: vi.fn(), stop: vi.fn(), exportJob: vi.fn() };
const options = (): string[] =>
  within(screen.getByRole('listbox'))
    .getAllByRole('option')
    .map(({ textContent }) => textContent);

function action(id: string, words: string, group: string, oneOfMany = false): ListedAction {
  return { id, words, group, hindrance: null, act: () => undefined, oneOfMany };
}

beforeEach(() => {
  localStorage.clear();
  setView({ dialog: 'commands', centre: 'figure', head: 0 });
  useExperiment.setState({ ...EMPTY_EXPERIMENT, record: smallRecord(), source: 'live', phase: 'finished' });
});

describe('the list of actions', () => {
  it('names each once, and no two have one shortcut', () => {
    const actions = allActions({} as Session);
    expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
    const shortcuts = actions.flatMap(({ shortcut }) => (shortcut ? [shortcutText(shortcut)] : []));
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
    expect(shortcuts).toContain('Shift L');
  });

  it('reads letters with Shift, and other keys as the keyboard gives them', () => {
    const press = { key: 'L', shiftKey: true, ctrlKey: false, metaKey: false, altKey: false };
    expect(isPressed({ key: 'l', shift: true }, press)).toBe(true);
    expect(isPressed({ key: 'l' }, press)).toBe(false);
    expect(isPressed({ key: '?' }, { ...press, key: '?' })).toBe(true);
    expect(isPressed({ key: 'k', ctrl: true }, { ...press, key: 'k', shiftKey: false, metaKey: true })).toBe(true);
    expect(shortcutText({ key: 'z', ctrl: true, shift: true }, true)).toBe('⌘ Shift Z');
  });
});

describe('what the palette offers', () => {
  const all = [
    action('a', 'Reproducibility checklist', 'Export'),
    action('b', 'Layer 1', 'Figure', true),
    action('c', 'Layer 13', 'Figure', true),
    action('d', 'Next layer', 'Figure'),
    action('e', 'Run record, JSON', 'Export'),
    action('f', 'Run', 'Training'),
  ];
  const ids = (text: string, recent: readonly string[] = []): string =>
    matchingActions(all, text, recent)
      .map(({ id }) => id)
      .join('');

  it('is ordered by fit, by words in any order, parts and letters', () => {
    expect(ids('run')).toBe('fe');
    expect(ids('layer 1')).toBe('bc');
    expect(ids('13')).toBe('c');
    expect(ids('export json')).toBe('e');
    expect(ids('chk')).toBe('a');
    expect(ids('nothing of this')).toBe('');
  });

  it('has what was used recently first, and one of many only when it was asked for', () => {
    expect(ids('')).toBe('adef');
    expect(ids('', ['f', 'c'])).toBe('fcade');
    expect(ids('layer', ['d'])).toBe('dbc');
    expect(ids('layer', ['c'])).toBe('cdb');
  });
});

describe('the command palette', () => {
  it('says why a command cannot be done, does what is chosen, and puts it first next time', async () => {
    const user = show(<CommandPalette />, session);
    const field = screen.getByRole('combobox', { name: 'Command' });
    await user.type(field, 'stop');
    expect(options()[0]).toMatch(/^Stop.*Nothing is running$/);
    await user.keyboard('{Enter}');
    expect(session.stop).not.toHaveBeenCalled();
    expect(screen.getByRole('status').textContent).toBe('Nothing is running');

    await user.clear(field);
    await user.type(field, 'head');
    expect(options()[0]).toMatch(/^Next head.*H$/);
    await user.keyboard('{ArrowDown}');
    const second = screen.getByRole('option', { selected: true });
    expect(field.getAttribute('aria-activedescendant')).toBe(second.id);
    expect(second.textContent).toMatch(/^Previous head.*Shift H$/);
    await user.type(field, ' 2{Enter}');
    expect([useView.getState().head, useView.getState().dialog]).toEqual([1, null]);
  });

  it('remembers, follows the run, and an action may open another dialog', async () => {
    const user = show(<CommandPalette />, session);
    await user.type(screen.getByRole('combobox'), 'methods paragraph{Enter}');
    expect(useView.getState().dialog).toBe('methods');
    setView({ dialog: 'commands' });
    useExperiment.setState({ phase: 'running' });
    cleanup();
    show(<CommandPalette />, session);
    const again = options();
    expect(again[0]).toMatch(/^Methods paragraph/);
    expect(again[1]).toMatch(/^Pause.*Space$/);
  });
});
