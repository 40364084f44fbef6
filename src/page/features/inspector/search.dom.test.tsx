import { act, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { InspectedItem } from '../../../record/inspection';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import { show } from '../../../testing/component';
import { useExperiment } from '../../state/run/experiment';
import { NOTHING_INSPECTED, searchedOf, useInspection } from '../../state/session/inspection';
import { check, useRecipe } from '../../state/recipe/recipe';
import { ItemSearch } from './ItemSearch';

const item = (at: number, title: string): InspectedItem => ({ item: at, title, category: 'tea', pixels: null });
const ITEMS = [item(3, 'red teacup'), item(8, 'blue teacup')];

describe('the search for an item', () => {
  const find = vi.fn();
  const added = (): string[] => useInspection.getState().items.map(({ title }) => title);
  const answer = (text: string, log = 'log'): void => {
    const searched = searchedOf({ spec: check(useRecipe.getState().draft).spec! });
    act(() => {
      useInspection.setState({ found: { searched, log, text, items: ITEMS, total: 40 } });
    });
  };
  const box = (): HTMLInputElement => screen.getByRole('combobox', { name: 'Add an item' });

  beforeEach(() => {
    find.mockClear();
    useInspection.setState(NOTHING_INSPECTED);
    useExperiment.setState({ ...EMPTY_EXPERIMENT, device: { state: 'ready', adapter: {} as never } });
  });
  const open = () => show(<ItemSearch />, { inspection: { find } });

  it('searches once the text has settled, and adds what the arrow keys chose', async () => {
    const user = open();
    await user.type(box(), 'teacup');
    await vi.waitFor(() => {
      expect(find).toHaveBeenCalledTimes(1);
    });
    expect(find.mock.calls[0]!.slice(0, 2)).toEqual(['teacup', 12]);
    answer('teacup');
    expect(screen.getByRole('status').textContent).toBe('2 of 40 items: type to narrow');
    const active = (): string | undefined => document.getElementById(box().getAttribute('aria-activedescendant')!)?.id;
    const [first, second] = screen.getAllByRole('option');
    expect(active()).toBe(first!.id);
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(active()).toBe(second!.id);
    await user.keyboard('{Enter}');
    expect([added(), box().value, screen.queryByRole('listbox')]).toEqual([['blue teacup'], '', null]);
  });

  it('adds nothing from an earlier text, and closes with Escape', async () => {
    const user = open();
    await user.type(box(), 'tea');
    answer('teapot');
    await user.keyboard('{Enter}');
    expect(added()).toEqual([]);
    answer('tea');
    await user.keyboard('{Escape}{Enter}');
    expect([added(), screen.queryByRole('listbox')]).toEqual([[], null]);
    await user.click(box());
    await user.keyboard('{ArrowDown}');
    await user.click(screen.getAllByRole('option')[0]!);
    expect(added()).toEqual(['red teacup']);
  });

  it('neither shows items of a log that was open before, nor adds to its history', async () => {
    const user = open();
    await user.type(box(), 'tea');
    answer('tea');
    await user.click(screen.getAllByRole('option')[0]!);
    expect(added()).toEqual(['red teacup']);
    const { draft } = useRecipe.getState();
    act(() => {
      useRecipe.setState({ draft: { ...draft, data: { ...draft.data, id: 'another' } } });
    });
    await user.type(box(), 'tea');
    expect(screen.queryByRole('option')).toBeNull();
    expect(screen.getByRole('status').textContent).toBe('Reading the catalogue…');
    answer('tea', 'another');
    await user.click(screen.getAllByRole('option')[1]!);
    expect([added(), useInspection.getState().log]).toEqual([['blue teacup'], 'another']);
    act(() => {
      useRecipe.setState({ draft });
    });
  });

  it('is disabled if nothing can answer', () => {
    useExperiment.setState({ phase: 'preparing' });
    open();
    expect(box().disabled).toBe(true);
  });
});
