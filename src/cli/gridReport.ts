/** The matrix of a grid as Markdown. */
import { measureHeading, measureText, rankingAt, rankingMeasures } from '../measures/measures';
import type { Measure } from '../measures/measure';
import { ownSampleCaveat } from '../record/ownSamples';
import { givenCaveat } from '../record/poolSizes';
import type { MatrixEntry, MatrixRow } from '../experiment/grid/matrix';
import { easeLeftOutSentence } from '../measures/ranking/baselineNames';
import { gridBaselines } from '../experiment/grid/gridBaselines';
import type { GridPlan } from '../experiment/grid/plan';
import type { KnownRun } from '../experiment/grid/results';
import { divergedNames } from '../paper/tables/gridTable';
import { divergedNote, trainingText } from '../paper/tables/tableNotes';
import { mean, standardDeviation } from '../statistics/statistics';
import { differencesLegend, differenceText, markdownTable, meanText, transposed, type Shown } from './markdown';

export function matrixMarkdown({ grid, jobs }: GridPlan, rows: readonly MatrixRow[], baseline: string | null): string {
  const measures = (rows[0]?.entries ?? []).filter((_, i) => rows.some(({ entries }) => entries[i]!.mean !== null));
  const columns = measures.map(({ measure }) => measure.id);
  const of = ({ entries }: MatrixRow): MatrixEntry[] => entries.filter(({ measure }) => columns.includes(measure.id));
  const control = baseline ?? rows[0]?.variant.id ?? '';
  const done = rows.reduce((sum, row) => sum + row.done, 0);
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  const head = ['', ...(grid.tune ? ['lr'] : []), ...measures.map(({ measure }) => measureHeading(measure))];
  const lead = ({ variant, rate }: MatrixRow): string[] => [
    variant.id,
    ...(grid.tune ? [rate === null ? '–' : String(rate)] : []),
  ];
  const values = rows.map((row) => [
    ...lead(row),
    ...of(row).map(({ measure, mean, sd }) => meanText(mean, sd, shownAs(measure))),
  ]);
  const differences = rows
    .filter(({ variant }) => variant.id !== control)
    .map((row) => [...lead(row), ...of(row).map(({ measure, comparison }) => differenceText(comparison, shownAs(measure)))]);
  const tuned = grid.tune
    ? ` The learning rate of each row is the one among ${grid.tune.rates.join(', ')} with the best HR@${grid.tune.k} on validation targets, mean over seeds.`
    : '';
  const ownSample = ownSampleCaveat(rows.map((row) => row.sampledOf));
  const caveat = givenCaveat(rows.map(({ variant, onlyGiven }) => ({ label: variant.id, onlyGiven })));
  return [
    `# ${grid.name}`,
    `Seeds ${grid.seeds.join(', ')}; ${trainingText(jobs.map(({ spec }) => spec.training))}; ${done} of ${total} cells finished. Mean ± standard deviation over seeds, final evaluation.${tuned}`,
    table(head, values),
    differencesLegend(control, rows.length - 1),
    table(head, differences),
    ...(caveat === '' ? [] : [caveat]),
    ...(ownSample === '' || grid.seeds.length < 2 ? [] : [ownSample]),
    ...divergedNote(
      divergedNames(rows, ({ id }) => id),
      grid.tune !== null,
    ),
  ].join('\n\n');
}

/** The baselines at their best, over the seeds; empty if none was tuned. */
export function baselinesMarkdown(plan: GridPlan, runs: readonly KnownRun[]): string {
  const found = gridBaselines(plan, runs);
  if (found.every(({ tried }) => tried === 1)) return '';
  const { ks } = plan.grid.base.evaluation;
  const columns = rankingMeasures()
    .flatMap((measure) =>
      measure.splits.flatMap((split) =>
        (measure.main[split] ?? []).filter((k) => !measure.atK || ks.includes(k)).map((k) => ({ measure, split, k })),
      ),
    )
    .filter(({ measure, split, k }) =>
      found.some(({ bySeed }) => [...bySeed.values()].some((ranked) => measure.of(ranked, split, k) !== null)),
    );
  const rows = found.map(({ name, settings, tried, bySeed }) => [
    name,
    settings.join('; ') || '–',
    String(tried),
    ...columns.map(({ measure, split, k }) => {
      const values = [...bySeed.values()].flatMap((ranked) => measure.of(ranked, split, k) ?? []);
      const shown: Shown = (value) => measureText(measure, value);
      return values.length === 0 ? '–' : meanText(mean(values), standardDeviation(values), shown);
    }),
  ]);
  const head = ['', 'setting', 'tried', ...columns.map(({ measure, split, k }) => measureHeading(rankingAt(measure, split, k)))];
  return [
    '## Baselines',
    'On the same test targets, each at the setting with the best HR@10 on validation targets among those that were tried.',
    table(head, rows),
    ...[...new Set(runs.flatMap(({ facts }) => (facts?.easeLeftOut ? [easeLeftOutSentence(facts.easeLeftOut)] : [])))],
  ].join('\n\n');
}

/** Measures in columns, or in rows if the grid has fewer rows than measures. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length >= head.length) return markdownTable(head, rows);
  const [first = [], ...others] = transposed([head, ...rows]);
  return markdownTable(first, others);
}

function shownAs(measure: Measure): Shown {
  return (value, more) => measureText(measure, value, more);
}
