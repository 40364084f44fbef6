import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { comparedRows } from '../../experiment/grid/matrix';
import { measure } from '../../measures/measures';
import { compileLatex, findLatex } from '../../testing/tex';
import { csvResults } from './csvTable';
import { latexResults } from './latexTable';
import { markdownResults } from './markdownTable';
import { placesOf, onlyMeasures, type ResultsTable } from './resultsTable';
import { tableNotes } from './tableNotes';

const MEASURES = ['hr@10', 'lmDrift', 'gini@10'].map(measure);

type Values = Readonly<Record<string, readonly number[]>>;

/** Rows by name, their values by measure, one per seed; the first is the baseline. */
function table(rows: Readonly<Record<string, Values>>, extra: Partial<ResultsTable> = {}): ResultsTable {
  const names = Object.keys(rows);
  const entries = comparedRows(
    names,
    names[0]!,
    MEASURES,
    (name, { id }) => new Map((rows[name]![id] ?? []).map((value, seed) => [seed, value])),
  );
  const facts = { steps: 200, batchSize: 16, targets: [2000], log: 'Store & Co', onlyGiven: false, sampledOf: null };
  const found = names.map((name, i) => ({ id: name, label: name, rate: null, entries: entries[i]!, facts }));
  return {
    caption: '50 % off_season',
    groups: [{ heading: null, baseline: names[0]!, rows: found }],
    tuned: null,
    missing: null,
    ...extra,
  };
}

const THREE = table({
  Action: { 'hr@10': [0.4, 0.41, 0.39], lmDrift: [0.5, 0.6, 0.55] },
  KARMA: { 'hr@10': [0.5, 0.52, 0.49], lmDrift: [-0.1, -0.2, 0.1] },
  '+odd': { 'hr@10': [0.4, 0.43, 0.37], lmDrift: [0.5, 0.7, 0.4] },
});
const LAYOUT = { differences: true, columns: 'measures' } as const;

describe('places', () => {
  it('follow the better direction, and are the same for equal means; a measure without a better direction has none', () => {
    const rows = THREE.groups[0]!.rows;
    expect(placesOf(rows, 0)).toEqual([2, 1, 2]);
    expect(placesOf(rows, 1)).toEqual([null, 1, 2]);
    expect(placesOf(rows, 2)).toEqual([null, null, null]);
    expect(placesOf(rows.slice(0, 2), 0)).toEqual([null, 1]);
  });
});

describe('a table of results', () => {
  it('in Markdown: bold by the test, not by the largest number', () => {
    const text = markdownResults(THREE, LAYOUT);
    expect(text).toContain('| KARMA | **50.3 ± 1.5**<sup>1</sup> | **10.3 [8.9, 11.8]** |');
    expect(text).toMatch(/\| \+odd \| 40\.0 ± 3\.0<sup>2<\/sup> \| 0\.0 \[−/);
    expect(text).toContain('| Action | 40.0 ± 1.0<sup>2</sup> | baseline |');
    // The third was not measured.
    expect(text).not.toContain('Gini');
  });

  it('states test, correction, seeds and targets under it', () => {
    const notes = tableNotes(THREE, true).join('\n');
    expect(notes).toContain('over seeds 0, 1, 2; final evaluation on 2,000 test targets of Store & Co; 200 steps of 16 users');
    expect(notes).toContain(
      'p < .05 in the two-sided paired t-test over seeds (Holm’s correction over the 2 other rows; each measure',
    );
    expect(notes).toContain('difference from Action, paired');
    expect(tableNotes(THREE, false).join('\n')).not.toContain('Δ');
  });

  it('says that each seed ranks a sample of its own, where it does and there are several', () => {
    const of = ({ groups, ...rest }: ResultsTable, sampledOf: number | null): string =>
      tableNotes(
        {
          ...rest,
          groups: groups.map((group) => ({
            ...group,
            rows: group.rows.map((row) => ({ ...row, facts: { ...row.facts, sampledOf } })),
          })),
        },
        true,
      ).join('\n');
    expect(of(THREE, 3000)).toContain('Each seed ranks a sample of its own of the 3,000 test targets');
    expect(of(THREE, null)).not.toContain('sample of its own');
    expect(of(table({ Action: { 'hr@10': [0.4] }, KARMA: { 'hr@10': [0.5] } }), 3000)).not.toContain('sample of its own');
  });

  it('says which rows rank only targets with a candidate set', () => {
    const given = (onlyGiven: (label: string) => boolean): string => {
      const groups = THREE.groups.map((group) => ({
        ...group,
        rows: group.rows.map((row) => ({ ...row, facts: { ...row.facts, onlyGiven: onlyGiven(row.label) } })),
      }));
      return [...tableNotes({ ...THREE, groups }, true), csvResults({ ...THREE, groups })].join('\n');
    };
    expect(given(() => false)).not.toContain('candidate set');
    expect(given(() => true)).toMatch(/^Only targets with a candidate set[^]*those with a candidate set/m);
    expect(given((label) => label === 'KARMA')).toMatch(/^KARMA: Only targets .* cannot be compared with the other rows\.$/m);
  });

  it('with one seed has neither spread nor test', () => {
    const one = table({ Action: { 'hr@10': [0.4] }, KARMA: { 'hr@10': [0.5] } });
    const text = markdownResults(one, LAYOUT);
    expect(text).toContain('| KARMA | 50.0<sup>1</sup> | 10.0 |');
    expect(text).toContain('one seed has no interval and no test');
    expect(text).not.toContain('p < .05');
  });

  it('says what is missing and what was tuned', () => {
    const notes = tableNotes({ ...THREE, missing: { done: 3, total: 9 }, tuned: { rates: [0.001, 0.002], k: 10 } }, true).join();
    expect(notes).toContain('3 of 9 cells (a row with one seed at one rate) are finished');
    expect(notes).toContain('0.001, 0.002; the one with the best HR@10 on validation targets');
  });

  it('says which differences were not tested', () => {
    const untested = 'Without an interval: one seed, or the same difference in every seed; not tested.';
    const same = table({ Action: { 'hr@10': [0.25, 0.5] }, KARMA: { 'hr@10': [0.375, 0.625] }, odd: { 'hr@10': [0.4, 0.6] } });
    expect(markdownResults(same, LAYOUT)).toMatch(/\| 12\.5 \|$/m);
    expect(tableNotes(same, true).join('\n')).toContain(untested);
    expect(tableNotes(THREE, true).join('\n')).not.toContain(untested);
  });

  it('in Markdown: names are no markup in notes either', () => {
    const text = markdownResults(table({ 'a_*b*_ $x$ <b>|': { 'hr@10': [0.4, 0.5] }, KARMA: { 'hr@10': [0.5, 0.65] } }), LAYOUT);
    const escaped = 'a\\_\\*b\\*\\_ \\$x\\$ \\<b>\\|';
    expect(text).toContain(`| ${escaped} |`);
    expect(text).toContain(`difference from ${escaped}, paired`);
  });

  it('puts measures in rows if rows should be columns', () => {
    const text = markdownResults(THREE, { differences: true, columns: 'rows' });
    expect(text).toContain('| HR@10 (%) ↑ | 40.0 ± 1.0<sup>2</sup> | **50.3 ± 1.5**<sup>1</sup> |');
    expect(text.split('\n').find((line) => line.startsWith('|  |'))).toContain('Δ (95 % CI): KARMA');
  });

  it('in CSV: unrounded, with what was tested', () => {
    const { data } = Papa.parse<Record<string, string>>(csvResults(THREE), { header: true, skipEmptyLines: true });
    const row = data.find((one) => one.row === 'KARMA' && one.measure === 'hr@10')!;
    expect(Number(row.difference)).toBeCloseTo(0.31 / 3, 12);
    expect(row).toMatchObject({
      place: '1',
      seeds: '3',
      targets: '2000',
      test: 'paired t, two-sided, over 3 seeds',
      correction: 'Holm over 2 rows',
      distinguishable: 'true',
      'ranked targets': 'all',
      'by seed': '0: 0.5; 1: 0.52; 2: 0.49',
    });
  });
});

describe('in LaTeX', () => {
  const { latex, why } = findLatex(['booktabs']);
  const document = (content: string): string =>
    `\\documentclass[twocolumn]{article}\\usepackage[textwidth=506pt,columnsep=24pt]{geometry}\\usepackage{booktabs}\\begin{document}\n${content}\n\\end{document}\n`;
  const hostile = table({
    '\\input{x} & 100 % #1 $x_i$ {~^} "q" <λ|α>': { 'hr@10': [0.4, 0.5], lmDrift: [0.1, 0.3] },
    'KARMA²₃ − ± × · … → Δ': { 'hr@10': [0.5, 0.65], lmDrift: [0.2, 0.3] },
  });

  it('says which characters pdfLaTeX cannot set', () => {
    const text = latexResults(table({ 'Café “x” – λ': { 'hr@10': [0.4] }, '基线 🎉': { 'hr@10': [0.5] } }), {
      ...LAYOUT,
      spans: 'two',
    });
    expect(text).toContain('% Needs LuaLaTeX or XeLaTeX with a font that has 基 线 🎉; pdfLaTeX stops there.');
    expect(latexResults(hostile, { ...LAYOUT, spans: 'two' })).not.toContain('LuaLaTeX');
  });

  it('is a booktabs table whose text is escaped', () => {
    const text = latexResults(hostile, { ...LAYOUT, spans: 'two' });
    expect(text).toContain('\\caption{50 \\% off\\_season}');
    expect(text).toContain('\\textbackslash{}input\\{x\\} \\& 100 \\% \\#1 \\$x\\_i\\$');
    expect(text).toMatch(/\\toprule[\s\S]*\\cmidrule\(lr\)\{2-3\}[\s\S]*\\midrule[\s\S]*\\bottomrule/);
    expect(latexResults(THREE, { ...LAYOUT, spans: 'one' })).toContain(
      '\\textbf{\\boldmath 50.3 $\\pm$ 1.5}\\rlap{\\textsuperscript{1}}',
    );
  });

  it('compiles, even with hostile labels, and stays within the stated width', ({ skip }) => {
    skip(latex === null, why);
    const grouped: ResultsTable = {
      ...THREE,
      groups: ['Store', 'Films, λ = 0.3'].map((heading) => ({ ...THREE.groups[0]!, heading })),
    };
    const tables = [
      latexResults(onlyMeasures(THREE, ['hr@10']), { ...LAYOUT, spans: 'one' }),
      latexResults(hostile, { ...LAYOUT, spans: 'two' }),
      latexResults(grouped, { ...LAYOUT, differences: false, spans: 'two' }),
      latexResults(THREE, { differences: true, columns: 'rows', spans: 'two' }),
    ];
    for (const text of tables) expect(text).not.toContain('% Wider');
    const { pages, overfull } = compileLatex(latex!, document(tables.join('\n')));
    expect(pages).toBeGreaterThan(0);
    expect(overfull).toEqual([]);
  });
});
