/**
 * Sweeps at one value of their axis as Markdown: lines of several files side by side, and their differences
 * from one of them.
 */
import { drawnMeasures, sweepSchema, valuesBySeed, type Sweep, type SweepLine } from '../experiment/grid/sweep';
import { measureHeading, measureText } from '../measures/measures';
import { compareOverSeeds, type BySeed } from '../statistics/comparison';
import { meanInterval } from '../statistics/statistics';
import { differencesLegend, seedDifferenceText, markdownTable, type FormatValue } from './markdown';
import { readJsonFile } from './readJson';
import { UsageError } from './usageError';

/** @throws UsageError if it is no sweep */
export async function readSweepFile(file: string): Promise<Sweep> {
  const parsed = sweepSchema.safeParse(await readJsonFile(file));
  if (!parsed.success) throw new UsageError(`${file} is not a sweep: write one with --sweep.`);
  return parsed.data;
}

/**
 * Means with 95 % t-intervals over seeds, then paired differences from the baseline, Holm's correction over
 * the other lines. A line that several sweeps have is that of the last one.
 * @param at value of the axis
 * @param baseline an arm's ID; null takes the first
 * @throws UsageError for sweeps that do not fit together, or have no such value or arm
 */
export function sweepMarkdown(sweeps: readonly [Sweep, ...Sweep[]], at: number, baseline: string | null): string {
  const [first, ...others] = sweeps;
  const placeOf = ({ path, log, steps, batchSize, users }: Sweep): string => JSON.stringify([path, log, steps, batchSize, users]);
  const odd = others.find((one) => placeOf(one) !== placeOf(first));
  if (odd !== undefined)
    throw new UsageError(`“${odd.name}” and “${first.name}” differ in field, log, steps, batch or test users.`);
  // An arm may have several lines in one sweep: one for each value of the grid's other axes.
  const known = new Map<string, SweepLine>();
  for (const { lines } of sweeps)
    for (const line of lines)
      if (line.points.some((point) => point.at === at)) known.set(JSON.stringify([line.arm, line.label]), line);
  const lines = [...known.values()];
  if (lines.length === 0) throw new UsageError(`No line has ${at} among its values of ${first.label.toLowerCase()}.`);
  const control = lines.find(({ arm }) => arm === (baseline ?? lines[0]!.arm));
  if (control === undefined)
    throw new UsageError(`There is no arm ${baseline!}; there are ${lines.map(({ arm }) => arm).join(', ')}.`);
  const compared = lines.filter((line) => line !== control);
  const columns = drawnMeasures({ lines }).map((measure) => {
    const valuesOf = (line: SweepLine): BySeed => valuesBySeed(line, at, measure.id);
    const shown: FormatValue = (value, more) => measureText(measure, value, more);
    const differences = compareOverSeeds(valuesOf(control), compared.map(valuesOf));
    return {
      heading: measureHeading(measure),
      means: lines.map((line) => meanText([...valuesOf(line).values()], shown)),
      differences: differences.map((one) => seedDifferenceText(one, shown)),
    };
  });
  const seeds = [...new Set(lines.flatMap(({ points }) => points.flatMap((point) => point.seeds.map(({ seed }) => seed))))];
  const { steps, batchSize } = first;
  const trained = steps === null || batchSize === null ? '' : `; ${steps} steps of ${batchSize} users`;
  const head = columns.map(({ heading }) => heading);
  const table = (of: 'means' | 'differences', rows: readonly SweepLine[]): string =>
    markdownTable(
      ['', ...head],
      rows.map(({ label }, row) => [label, ...columns.map((column) => column[of][row]!)]),
    );
  return [
    `${first.label} ${at}; seeds ${seeds.sort((a, b) => a - b).join(', ')}${trained}; ${first.users} test targets of ${first.log}. Means with 95 % t-intervals over seeds.`,
    table('means', lines),
    differencesLegend(control.label, compared.length),
    table('differences', compared),
  ].join('\n\n');
}

function meanText(values: readonly number[], shown: FormatValue): string {
  if (values.length === 0) return '–';
  const { mean, low, high } = meanInterval(values);
  return low === null || high === null ? shown(mean) : `${shown(mean)} [${shown(low)}, ${shown(high)}]`;
}
