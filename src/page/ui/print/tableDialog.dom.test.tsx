import { screen, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { comparedRows } from '../../../experiment/grid/matrix';
import { measure } from '../../../measures/measures';
import type { ResultsTable } from '../../../paper/tables/resultsTable';
import { show } from '../../../testing/component';
import { TableDialog } from './TableDialog';

function tableAgainst(baseline: string | null): ResultsTable {
  const rows = ['Action', 'KARMA'];
  const measures = ['hr@10', 'lmDrift'].map(measure);
  const entries = comparedRows(rows, baseline, measures, (row) => new Map([0, 1, 2].map((seed) => [seed, row.length + seed])));
  const facts = { steps: 1, batchSize: 1, targets: [1], log: 'Log', onlyGiven: false, sampledOf: null };
  const found = rows.map((id, i) => ({ id, label: id, rate: null, entries: entries[i]!, facts }));
  return { caption: 'Grid', groups: [{ heading: null, baseline, rows: found }], tuned: null, missing: null };
}

it('shows the text to be saved, and updates it with every choice', async () => {
  const close = vi.fn();
  const baselines = ['Action', 'KARMA'].map((value) => ({ value, label: value }));
  const user = show(<TableDialog tableAgainst={tableAgainst} baselines={baselines} onClose={close} />);
  const dialog = within(screen.getByRole('dialog', { name: 'Table for a paper' }));
  const text = (): string => dialog.getByLabelText('The table as text').textContent;
  expect(text()).toContain('\\begin{tabular}');
  expect(text()).toContain('$\\Delta$');
  await user.click(dialog.getByLabelText('Differences with intervals'));
  expect(text()).not.toContain('$\\Delta$');
  await user.click(dialog.getByLabelText('LM drift (nats per token)'));
  expect(text()).not.toContain('LM drift');
  await user.selectOptions(dialog.getByLabelText('Compare with'), 'KARMA');
  expect(text()).toContain('distinguishable from KARMA');
  await user.click(dialog.getByLabelText('CSV'));
  expect(text().split('\r\n')[0]).toMatch(/^group,row,rate,measure/);
  await user.click(dialog.getByLabelText('HR@10 (%)'));
  dialog.getByText('Choose at least one measure.');
  expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Save' }).disabled).toBe(true);
});
