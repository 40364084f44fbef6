import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../../../../package.json';
import { gridSchema, type GridSpec } from '../../../../experiment/grid/gridSpec';
import { planGrid } from '../../../../experiment/grid/plan';
import { measure } from '../../../../measures/measures';
import type { RunRecord } from '../../../../record/runRecord';
import { show } from '../../../../testing/component';
import { evaluation, ranking, smallRecord } from '../../../../testing/smallRecord';
import { describeRun } from '../../../../readings/runs/runEntry';
import { deleteRuns, keepRun, runStore, useRuns } from '../../../state/runs/runsState';
import {
  changeGrid,
  gridKey,
  gridLabels,
  keepGrid,
  loadGrid,
  plannedGrid,
  resultsOf,
  useGrid,
  type KeptGrid,
} from '../../../state/grid/gridState';
import { gridsCompared } from '../../../../readings/grid/gridsTable';
import { KeptGrids } from './KeptGrids';

const HR = measure('hr@10');
const SLOW = gridSchema.parse({
  name: 'Slow',
  base: { model: { precision: 'f32' } },
  arms: ['action', 'karma', 'gen'],
  seeds: [0, 1, 2],
});
const FAST: GridSpec = {
  ...SLOW,
  name: 'Fast',
  base: { ...SLOW.base, training: { ...SLOW.base.training, learningRate: 8e-3 } },
  arms: SLOW.arms.slice(0, 2),
};
const kept = (grid: GridSpec): KeptGrid => ({
  ...{ grid, log: 'sample', logTitle: 'Store', order: [], cancelled: [], baseline: null, failures: {}, diverged: {}, notes: '' },
});

/** Finishes a grid's runs, each with an HR@10 by arm and seed. */
async function fill(grid: GridSpec, hr: (arm: string, seed: number) => number): Promise<void> {
  for (const { spec } of planGrid(grid, 'sample').jobs) {
    const record: RunRecord = {
      ...smallRecord(),
      appVersion: packageJson.version,
      createdAt: `2026-01-01T00:00:00.${spec.name}${spec.seed}Z`,
      spec: { ...spec, data: { ...spec.data, id: 'sample' } },
      arms: spec.arms.map(({ id }) => {
        const share = hr(id, spec.seed);
        return {
          ...smallRecord().arms[0]!,
          id,
          evaluations: [evaluation(2, share, { population: 'all', ...ranking(20, share) })],
        };
      }),
    };
    await keepRun(describeRun(record, { status: 'finished' }), record);
  }
}

beforeEach(async () => {
  await deleteRuns(useRuns.getState().entries.map(({ id }) => id));
  useGrid.setState({ kept: null, plan: null, earlier: [], running: false });
});

describe('grids that were on the page before', () => {
  it('are kept with their notes, and open again where they were', async () => {
    keepGrid(kept(SLOW));
    changeGrid({ notes: 'too slow', cancelled: ['a'] });
    keepGrid(kept(FAST));
    expect(useGrid.getState().earlier.map(({ grid }) => grid.name)).toEqual(['Slow']);
    const user = show(<KeptGrids />);
    expect(screen.getByRole('listitem').textContent).toContain('Slow Store, 0 of 9 cells filled: too slow');
    await user.click(screen.getByRole('button', { name: 'Open Slow' }));
    expect(useGrid.getState()).toMatchObject({
      kept: { notes: 'too slow', cancelled: ['a'] },
      earlier: [{ grid: { name: 'Fast' } }],
    });
    // The same question, asked again in the form, is the grid that is there.
    keepGrid(null);
    keepGrid(kept(SLOW));
    expect(useGrid.getState()).toMatchObject({ kept: { notes: 'too slow' }, earlier: [{ grid: { name: 'Fast' } }] });
  });

  it('are read on the next visit, those of another version left out', async () => {
    await (await runStore()).putDocument('grids', [kept(FAST), { grid: 'of another version' }]);
    await (await runStore()).putDocument('grid', kept(SLOW));
    await loadGrid();
    expect(useGrid.getState()).toMatchObject({ kept: { grid: { name: 'Slow' } }, earlier: [{ grid: { name: 'Fast' } }] });
    expect(useGrid.getState().earlier).toHaveLength(1);
  });

  it('are deleted after a question', async () => {
    keepGrid(kept(SLOW));
    keepGrid(null);
    const user = show(<KeptGrids />);
    await user.click(screen.getByRole('button', { name: 'Delete Slow' }));
    await user.click(screen.getByRole('button', { name: 'Keep' }));
    expect(useGrid.getState().earlier).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Delete Slow' }));
    await user.click(screen.getByRole('button', { name: 'Confirm delete' }));
    expect(useGrid.getState().earlier).toEqual([]);
  });

  it('have names that tell them apart', () => {
    const film = { ...kept(SLOW), log: 'h', logTitle: 'Films' };
    const more = kept({ ...SLOW, seeds: [7] });
    expect(gridLabels([kept(SLOW), kept(FAST)])).toEqual(['Slow', 'Fast']);
    expect(gridLabels([kept(SLOW), film, more])).toEqual(['Slow, Store (1)', 'Slow, Films', 'Slow, Store (2)']);
    expect(new Set([kept(SLOW), film, more, kept(FAST)].map(gridKey)).size).toBe(4);
  });
});

describe('two grids', () => {
  const compare = (a: KeptGrid, b: KeptGrid) => {
    const { entries } = useRuns.getState();
    return gridsCompared([plannedGrid(a, a.grid.name)!, plannedGrid(b, b.grid.name)!], resultsOf(entries), entries, [HR]);
  };

  it('are compared row by row, paired by seed, corrected over the rows that both have', async () => {
    await fill(SLOW, (arm, seed) => 0.3 + seed / 100 + (arm === 'karma' ? 0.05 : 0));
    await fill(FAST, (arm, seed) => (arm === 'karma' ? 0.35 + seed / 100 - 0.001 * seed : 0.1 + seed / 50));
    const { table, recipes, changes, alone } = compare(kept(SLOW), kept(FAST));
    expect(changes).toEqual(['without arm +gen', 'Learning rate 5e-4 → 0.008']);
    expect(alone).toEqual([['+gen'], []]);
    expect(table.groups.map(({ heading }) => heading)).toEqual(['Action', 'KARMA']);
    const [action, karma] = table.groups.map(({ rows }) => rows[1]!.entries[0]!.comparison!);
    // 0.10, 0.12, 0.14 against 0.30, 0.31, 0.32.
    expect(action!.difference).toBeCloseTo(-0.19, 9);
    expect(karma!.difference).toBeCloseTo(-0.001, 9);
    expect(action!.n).toBe(3);
    // Holm over two rows: the smaller p is doubled.
    expect(action!.adjusted).toBeCloseTo(2 * action!.p!, 9);
    expect(table.groups.every(({ rows }) => rows[0]!.entries[0]!.comparison === null)).toBe(true);
    expect([...recipes.keys()]).toEqual(table.groups.flatMap(({ rows }) => rows.map(({ id }) => id)));
  });

  it('are shown without differences if they ranked other targets', async () => {
    await fill(SLOW, () => 0.3);
    await fill(FAST, () => 0.35);
    const rate = FAST.base.training.learningRate;
    const entries = useRuns
      .getState()
      .entries.map((entry) =>
        entry.spec.training.learningRate === rate
          ? { ...entry, arms: entry.arms.map((arm) => ({ ...arm, last: { ...arm.last!, users: 10 } })) }
          : entry,
      );
    const grids = [plannedGrid(kept(SLOW), 'Slow')!, plannedGrid(kept(FAST), 'Fast')!] as const;
    const { groups } = gridsCompared(grids, resultsOf(entries), entries, [HR]).table;
    expect(groups.map(({ baseline, rows }) => [baseline, rows[1]!.entries[0]!.comparison])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('on different logs are shown without differences', async () => {
    await fill(SLOW, () => 0.3);
    const { changes, table } = compare(kept(SLOW), { ...kept(FAST), log: 'other', logTitle: 'Films' });
    expect(changes[0]).toBe('Log Store → Films');
    // The other log has no runs, so there is nothing side by side either.
    expect(table.groups).toEqual([]);
  });

  it('say which axes, rates and seeds they have otherwise', () => {
    const ranks = { ...SLOW, axes: [{ path: 'lora.rank', values: [2, 8] }], seeds: [0, 1], tune: { rates: [1e-3, 2e-3], k: 10 } };
    expect(compare(kept(SLOW), kept(ranks)).changes).toEqual([
      'LoRA rank 8 → 2, 8',
      'Tuned rates none → 0.001, 0.002',
      'Seeds 0, 1, 2 → 0, 1',
    ]);
  });

  it('are chosen on the page, which says what their recipes differ in', async () => {
    await fill(SLOW, (_, seed) => 0.3 + seed / 100);
    await fill(FAST, (_, seed) => 0.2 + seed / 50);
    keepGrid(kept(SLOW));
    keepGrid(kept(FAST));
    const user = show(<KeptGrids />);
    await user.click(screen.getByLabelText('Compare two grids'));
    await screen.findByText(/differs from/, {}, { timeout: 20_000 });
    expect(screen.getByText(/differs from/).textContent).toBe(
      'Fast differs from Slow in: without arm +gen; Learning rate 5e-4 → 0.008. Only in Slow: +gen.',
    );
    const region = within(screen.getByRole('region', { name: 'Recipes compared, KARMA' }));
    region.getByRole('row', { name: /^Slow 0, 1, 2 31\.0 ± 1\.0 .*the baseline$/ });
    region.getByRole('row', { name: /^Fast 0, 1, 2 22\.0 ± 2\.0 −9\.0 \[/ });
    await user.selectOptions(screen.getByLabelText('with'), 'Fast');
    screen.getByText(/asks the same as/);
  });
});
