/** The matrix of a grid as Markdown. */
import { differenceHeading, measureHeading, measureText, moreDigits, rankingAt, rankingMeasures } from '../measures/measures';
import type { Measure } from '../measures/measure';
import { ownSampleCaveat } from '../record/ownSamples';
import { givenCaveat } from '../record/poolSizes';
import type { MatrixEntry, MatrixRow } from '../experiment/grid/matrix';
import { easeLeftOutSentence } from '../measures/ranking/baselineNames';
import { gridBaselines } from '../experiment/grid/gridBaselines';
import type { PredictionReport, WithoutTraining } from '../experiment/grid/outcomes';
import type { GridPlan } from '../experiment/grid/plan';
import type { KnownRun } from '../experiment/grid/results';
import { divergedNames } from '../paper/tables/gridTable';
import { divergedNote, trainingText } from '../paper/tables/tableNotes';
import { mean, standardDeviation } from '../statistics/statistics';
import {
  BOLD_LEGEND,
  differencesLegend,
  seedDifferenceText,
  markdownTable,
  meanText,
  transposedTable,
  type FormatValue,
} from './markdown';

/** What came of the predictions; empty if there are none. */
export function predictionsMarkdown(report: PredictionReport | null): string {
  if (report === null) return '';
  const rows = report.outcomes.map(({ prediction, row, measure, difference, interval, seeds, shows, overUsers, verdict }) => {
    const { against, expect, margin } = prediction;
    const shown = shownAs(measure);
    const more = interval === null ? 0 : moreDigits({ low: interval[0], high: interval[1] }, shown);
    const bounds = interval === null ? '' : ` [${shown(interval[0], more)}, ${shown(interval[1], more)}]`;
    return [
      `${row.id} − ${against}`,
      differenceHeading(measure),
      expect === 'equivalent'
        ? `within ±${margin}`
        : expect === 'above'
          ? `above ${margin}`
          : `below ${margin === 0 ? 0 : `-${margin}`}`,
      difference === null ? '–' : `${shown(difference, more)}${bounds}`,
      `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}${overUsers ? ' × users' : ''}`,
      shows === null ? '–' : `±${shown(shows, 1)}`,
      verdict === 'held' || verdict === 'failed' ? `**${verdict}**` : verdict,
    ];
  });
  return [
    '## Predictions',
    storedHash(report),
    `Mean difference with its 95 % interval, and its 90 % interval where equivalence is expected, uncorrected. *Held* and *failed*: p < 0.05 after Holm's correction over the ${rows.length} predictions, of the test at the margin (two-sided) or of the two one-sided tests of equivalence. *Can show*: half of the 90 % interval, the smallest margin within which these runs could show equivalence. ${RANDOM}`,
    markdownTable(['', 'measure', 'expected', 'difference', 'over', 'can show', 'outcome'], rows),
  ].join('\n\n');
}

const RANDOM =
  'Over seeds × users: both are treated as drawn at random, and a user’s targets as one draw; otherwise seeds alone.';

/** Whether the runs were made with these predictions. */
function storedHash({ hash, cells: { same, other, none, missing } }: PredictionReport): string {
  const done = same + other + none;
  const changed = [
    ...(other === 0 ? [] : [`${other} of ${done} finished cells store the hash of others`]),
    ...(none === 0 ? [] : [`${none} of ${done} finished cells store none`]),
  ];
  const stands =
    changed.length === 0
      ? `stored in the runs of all ${done} finished cells`
      : `**predictions were changed after the run**: ${changed.join(', ')}`;
  return `SHA-256 of the predictions ${hash}; ${stands}.${missing === 0 ? '' : ` ${missing} cells are not finished.`}`;
}

/**
 * Differences from the best of the baselines that need no training, and from the untrained model; empty if
 * records have neither.
 */
export function withoutTrainingMarkdown(rows: readonly MatrixRow[], found: readonly WithoutTraining[]): string {
  if (found.length === 0) return '';
  const line = (name: string, of: (one: WithoutTraining) => string): string[] => [name, ...found.map(of)];
  const compared = (key: 'fromBest' | 'fromStart', of: string): string[][] =>
    found.every((one) => one[key].every((comparison) => comparison === null))
      ? []
      : rows.map(({ variant }, i) =>
          line(`${variant.id} − ${of}`, (one) => seedDifferenceText(one[key][i] ?? null, shownAs(one.measure))),
        );
  return [
    '## Against what needs no training',
    `Difference from the best training-free baseline of each measure, chosen on these test targets, and from the untrained model. Distinguishable after Holm's correction over the ${rows.length === 1 ? 'row' : `${rows.length} rows`} of each. ${BOLD_LEGEND}`,
    table(
      ['', ...found.map(({ measure }) => differenceHeading(measure))],
      [line('best baseline', ({ best }) => best ?? '–'), ...compared('fromBest', 'best'), ...compared('fromStart', 'untrained')],
    ),
  ].join('\n\n');
}

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
    .map((row) => [...lead(row), ...of(row).map(({ measure, comparison }) => seedDifferenceText(comparison, shownAs(measure)))]);
  const tuned = grid.tune
    ? ` The learning rate of each row is the one among ${grid.tune.rates.join(', ')} with the best HR@${grid.tune.k} on validation targets, mean over seeds.`
    : '';
  const ownSample = ownSampleCaveat(rows.map((row) => row.sampledOf));
  const caveat = givenCaveat(rows.map(({ variant, onlyGiven }) => ({ label: variant.id, onlyGiven })));
  return [
    `# ${grid.name}`,
    `Seeds ${grid.seeds.join(', ')}; ${trainingText(jobs.map(({ spec }) => spec.training))}; ${done} of ${total} cells finished. Mean ± standard deviation over seeds, final evaluation.${tuned}`,
    table(head, values),
    [differencesLegend(control, rows.length - 1), ...(overUsers(rows) ? [RANDOM_HERE] : [])].join(' '),
    table(head, differences),
    ...(caveat === '' ? [] : [caveat]),
    ...(ownSample === '' || grid.seeds.length < 2 ? [] : [ownSample]),
    ...divergedNote(
      divergedNames(rows, ({ id }) => id),
      grid.tune !== null,
    ),
  ].join('\n\n');
}

const RANDOM_HERE =
  'Of HR, NDCG and MRR, interval and test treat users, too, as drawn at random, and a user’s targets as one draw (t with Satterthwaite’s degrees of freedom).';

function overUsers(rows: readonly MatrixRow[]): boolean {
  return rows.some(({ entries }) => entries.some(({ comparison }) => comparison?.overUsers));
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
      const shown: FormatValue = (value) => measureText(measure, value);
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
  const [first = [], ...others] = transposedTable([head, ...rows]);
  return markdownTable(first, others);
}

function shownAs(measure: Measure): FormatValue {
  return (value, more) => measureText(measure, value, more);
}
