// @vitest-environment happy-dom
import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { runSpecSchema } from '../../../../recipe/runSpec';
import { show } from '../../../../testing/component';
import { describeFailure } from '../../../../runtime/failures';
import { useExperiment } from '../../../state/run/experiment';
import { setRecipe } from '../../../state/recipe/recipe';
import { FIRST_DRAFT } from '../../../../readings/grid/gridDraft';
import { GridSetup } from './GridSetup';
import { useGrid } from '../../../state/grid/gridState';

describe('the form of a grid', () => {
  beforeEach(() => {
    useGrid.setState({ draft: FIRST_DRAFT, kept: null, plan: null });
    setRecipe('quick', runSpecSchema.parse({ name: 'Ranks', model: { precision: 'f32' } }));
  });
  const values = (group: string): HTMLElement => within(screen.getByRole('group', { name: group })).getByLabelText('values');
  const make = (): HTMLButtonElement => screen.getByRole('button', { name: 'Create the queue' });

  it('counts rows, cells and runs as values are typed, and says what is wrong with them', async () => {
    const user = show(<GridSetup />);
    await user.click(within(screen.getByRole('group', { name: 'Arms' })).getByLabelText('KARMA'));
    await user.type(values('LoRA rank'), '2, 0');
    expect(screen.getByRole('alert').textContent).toBe('LoRA rank must be a whole number from 1 to 64, not 0.');
    expect(make().disabled).toBe(true);
    await user.clear(values('LoRA rank'));
    await user.type(values('LoRA rank'), '2, 4');
    await user.clear(values('Seeds'));
    await user.type(values('Seeds'), '0, 1');
    expect(screen.queryByRole('alert')).toBeNull();
    screen.getByText('2 rows, 4 cells in 4 runs.');
    await user.click(make());
    expect(useGrid.getState().plan?.jobs.map(({ spec }) => [spec.lora.rank, spec.seed])).toEqual([
      [2, 0],
      [4, 0],
      [2, 1],
      [4, 1],
    ]);
  });

  it('opens a grid’s file, predictions and all, and says what is wrong with one', async () => {
    const user = show(<GridSetup />);
    const open = (grid: object): Promise<void> =>
      user.upload(
        screen.getByLabelText('Open a grid’s file', { selector: 'input' }),
        new File([JSON.stringify(grid)], 'grid.json'),
      );
    const one = { arm: 'karma', against: 'action', measure: 'hr@10', expect: 'above', margin: 1 };
    const grid = { base: { model: { precision: 'f32' } }, arms: ['action', 'karma'], seeds: [0, 1], predictions: [one] };
    await open({ ...grid, predictions: [{ ...one, arm: 'gen' }] });
    await waitFor(() => {
      expect(useGrid.getState().problem).toContain('must be an arm of the grid');
    });
    expect(useGrid.getState().kept).toBeNull();
    await open(grid);
    await waitFor(() => {
      expect(useGrid.getState().kept?.grid.predictions).toEqual([one]);
    });
    expect(useGrid.getState()).toMatchObject({
      problem: null,
      kept: { order: useGrid.getState().plan!.jobs.map(({ id }) => id) },
    });
  });

  it('varies any other field, and offers each once', async () => {
    const user = show(<GridSetup />);
    const others = screen.getByLabelText<HTMLSelectElement>('Vary another field');
    const [, first] = [...others.options];
    const { value, text } = first!;
    await user.selectOptions(others, value);
    screen.getByRole('group', { name: text });
    expect([...others.options].map((option) => option.value)).not.toContain(value);
  });

  it('waits for the precision of the weights if the recipe leaves it to the device', () => {
    setRecipe('quick', runSpecSchema.parse({ model: { precision: 'auto' } }));
    show(<GridSetup />);
    expect(screen.getByRole('alert').textContent).toContain('The precision of the weights is not known yet');
  });

  it('does not wait for a GPU that is not there', () => {
    setRecipe('quick', runSpecSchema.parse({ model: { precision: 'auto' } }));
    useExperiment.setState({ device: { state: 'missing', failure: describeFailure(new Error('no adapter')) } });
    show(<GridSetup />);
    expect(screen.getByRole('alert').textContent).toContain('choose one under Model');
  });
});
