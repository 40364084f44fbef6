/** The matrix of a grid as Markdown. */
import { metricHeading, metricText } from '../evaluation/metricCatalogue';
import type { MatrixEntry, MatrixRow } from '../experiment/grid/matrix';
import type { GridPlan } from '../experiment/grid/plan';

export function matrixMarkdown({ grid }: GridPlan, rows: readonly MatrixRow[], baseline: string | null): string {
  const metrics = (rows[0]?.entries ?? []).filter((_, i) => rows.some(({ entries }) => entries[i]!.mean !== null));
  const columns = metrics.map(({ metric }) => metric.id);
  const of = ({ entries }: MatrixRow): MatrixEntry[] => entries.filter(({ metric }) => columns.includes(metric.id));
  const control = baseline ?? rows[0]?.variant.id ?? '';
  const done = rows.reduce((sum, row) => sum + row.done, 0);
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  const head = ['', ...(grid.tune ? ['lr'] : []), ...metrics.map(({ metric }) => metricHeading(metric))];
  const lead = ({ variant, rate }: MatrixRow): string[] => [
    variant.id,
    ...(grid.tune ? [rate === null ? '–' : String(rate)] : []),
  ];
  const values = rows.map((row) => [...lead(row), ...of(row).map(valueText)]);
  const differences = rows
    .filter(({ variant }) => variant.id !== control)
    .map((row) => [...lead(row), ...of(row).map(differenceText)]);
  const tuned = grid.tune
    ? ` The learning rate of each row is the one of ${grid.tune.rates.join(', ')} with the best HR@${grid.tune.k} on validation targets, mean over seeds.`
    : '';
  return [
    `# ${grid.name}`,
    `Seeds ${grid.seeds.join(', ')}; ${grid.base.training.steps} steps of ${grid.base.training.batchSize} users; ${done} of ${total} cells finished. Mean ± standard deviation over seeds, final evaluation.${tuned}`,
    table(head, values),
    `Paired difference to **${control}** with its 95 % t-interval over seeds. *Not distinguishable*: p ≥ 0.05 in the paired t-test after Holm's correction over the ${rows.length - 1} rows, for each metric on its own.`,
    table(head, differences),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function valueText({ metric, mean, sd }: MatrixEntry): string {
  if (mean === null) return '–';
  const shown = (value: number): string => metricText(metric, value);
  return sd === null ? shown(mean) : `${shown(mean)} ± ${shown(sd)}`;
}

function differenceText({ metric, comparison }: MatrixEntry): string {
  if (comparison === null) return '–';
  const shown = (value: number): string => metricText(metric, value);
  const { difference, low, high, distinguishable } = comparison;
  if (low === null || high === null) return `${shown(difference)} (one seed)`;
  return `${shown(difference)} [${shown(low)}, ${shown(high)}]${distinguishable ? '' : ' not distinguishable'}`;
}
