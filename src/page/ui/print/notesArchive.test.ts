import { expect, it } from 'vitest';
import type { ChartData } from '../../../scene/charts/chart';
import { notesMarkdown, placedCharts } from './notesArchive';

const forest = (name: string): ChartData => ({ kind: 'forest', name, rows: [] });

it('writes notes with their headings, and every chart as a figure of its own', () => {
  const charts = placedCharts([forest('HR@10 (%)'), forest('HR@10 (%)')]);
  expect(charts.map(({ path }) => path)).toEqual(['figures/1-hr-10.svg', 'figures/2-hr-10.svg']);
  const parts = [
    { heading: null, text: '**No** gain.\n' },
    { heading: 'Quick, seed 0', text: '  ' },
    { heading: 'Quick, seed 1', text: 'Diverged?' },
  ];
  const text = notesMarkdown('A [grid]', parts, charts);
  expect(text).toBe(
    [
      '# Notes on A \\[grid\\]',
      '**No** gain.',
      '## Quick, seed 1',
      'Diverged?',
      '## Figures',
      '![HR@10 (%)](figures/1-hr-10.svg)',
      '*HR@10 (%)*',
      '![HR@10 (%)](figures/2-hr-10.svg)',
      '*HR@10 (%)*\n',
    ].join('\n\n'),
  );
});

it('has no section of figures without charts', () => {
  expect(notesMarkdown('Runs', [], [])).toBe('# Notes on Runs\n');
});
