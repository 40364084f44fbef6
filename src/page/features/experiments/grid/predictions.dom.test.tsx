import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../../../../package.json';
import { gridSchema, type GridSpec } from '../../../../experiment/grid/gridSpec';
import { planGrid } from '../../../../experiment/grid/plan';
import { gridOfRecord } from '../../../../experiment/grid/predictions';
import { show } from '../../../../testing/component';
import { evaluation, ranking, smallRecord } from '../../../../testing/smallRecord';
import type { RunRecord } from '../../../../record/runRecord';
import { describeRun } from '../../../../readings/runs/runEntry';
import { keepGrid, type KeptGrid } from '../../../state/grid/gridState';
import { deleteRuns, keepRun, useRuns } from '../../../state/runs/runsState';
import { PredictionsPanel } from './PredictionsPanel';

const one = { arm: 'karma', against: 'action', measure: 'hr@10', expect: 'above', margin: 1 };
const GRID = gridSchema.parse({
  base: { model: { precision: 'f32' } },
  arms: ['action', 'karma'],
  seeds: [0, 1, 2],
  predictions: [one, { ...one, expect: 'below', margin: 2 }],
});

/** Runs at other times are other runs. */
let filled = 0;

/** The grid's runs of these seeds, with the hash that a grid has. */
async function fill(seeds: readonly number[], stored: RunRecord['grid']): Promise<void> {
  filled++;
  for (const { spec } of planGrid(GRID, 'sample').jobs.filter((job) => seeds.includes(job.spec.seed))) {
    const arms = spec.arms.map(({ id }) => {
      const share = (id === 'karma' ? 0.6 : 0.2) + spec.seed / 100;
      return {
        ...smallRecord().arms[0]!,
        id,
        evaluations: [evaluation(2, share, { population: 'all', ...ranking(100, share) })],
      };
    });
    const createdAt = `2026-01-01T00:0${filled}:0${spec.seed}.000Z`;
    const record: RunRecord = {
      ...smallRecord(),
      appVersion: packageJson.version,
      createdAt,
      spec,
      arms,
      ...(stored && { grid: stored }),
    };
    await keepRun(describeRun(record, { status: 'finished' }), record);
  }
}

function shown(grid: GridSpec = GRID): void {
  const kept: KeptGrid = {
    ...{
      grid,
      log: 'sample',
      logTitle: 'Store',
      order: [],
      cancelled: [],
      baseline: null,
      failures: {},
      diverged: {},
      notes: '',
    },
  };
  keepGrid(kept);
  show(<PredictionsPanel kept={kept} plan={planGrid(grid, 'sample')} />);
}

async function rows(): Promise<(string | null)[][]> {
  const table = await screen.findByRole('table', { name: 'Predictions' });
  return within(table)
    .getAllByRole('row')
    .slice(1)
    .map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent));
}

describe('the predictions of a grid', () => {
  beforeEach(async () => {
    await deleteRuns(useRuns.getState().entries.map(({ id }) => id));
  });

  it('stand beside what came of them, over seeds and users', async () => {
    await fill([0, 1, 2], gridOfRecord(GRID));
    shown();
    const [above, below] = await rows();
    expect(above![0]).toBe('HR@10: KARMA − action above 1');
    // Differences are the same in every seed; over seeds alone they would have no spread.
    expect(above![1]).toMatch(/^\+?40\.0 \[/);
    expect(above!.slice(2)).toEqual(['3', expect.stringMatching(/^±/), 'held']);
    expect(below![0]).toBe('HR@10: KARMA − action below −2');
    expect(below!.at(-1)).toBe('failed');
    screen.getByText(/^SHA-256 [0-9a-f]{64}, stored in the runs of all 6 finished cells\.$/);
  });

  it('have no outcome before all cells are there', async () => {
    await fill([0, 1], gridOfRecord(GRID));
    shown();
    expect((await rows()).map((row) => row.at(-1))).toEqual(['cells are missing', 'cells are missing']);
  });

  it('were changed after the run, if the runs have another hash', async () => {
    await fill([0, 1, 2], { name: 'Grid', predictionsHash: 'ab' });
    shown();
    await screen.findByText(/^Predictions were changed after the run: 6 of 6/);
  });

  it('were not there, if runs have none', async () => {
    await fill([0, 1, 2], undefined);
    shown();
    await screen.findByText(/^6 of 6 finished cells store no hash/);
  });
});
