/**
 * What a forest plot needs from a grid: the values of each row by measure and seed, from which differences
 * from a baseline, intervals and tests are computed. Small enough for a link. Pure.
 */
import { z } from 'zod';
import { findMeasure, measure as measureOf } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import { compareOverSeeds, type BySeed } from '../../statistics/comparison';
import type { MatrixEntry, MatrixRow } from './matrix';
import { drawnMeasures, valuesBySeed, type Sweep } from './sweep';
import { singleLine, verbatim } from '../../recipe/texts';

export const forestSchema = z.object({
  format: z.literal('karma-forest'),
  version: z.literal(1),
  name: singleLine(500),
  /** Settings shared by all runs, for a caption; null if the number of steps is none of them. */
  log: singleLine(500),
  steps: z.number().int().nullable(),
  /**
   * ID and label of each row's arm, and its values by measure, then by seed, unscaled; the first row is the
   * baseline.
   */
  rows: z
    .array(
      z.object({
        arm: singleLine(200),
        label: singleLine(500),
        values: z.record(verbatim(200), z.record(z.string().regex(/^\d{1,10}$/), z.number())),
      }),
    )
    .min(2)
    .max(100),
});
export type Forest = z.infer<typeof forestSchema>;

/** A row of a forest plot. */
export interface ForestedRow {
  readonly variant: { readonly arm: { readonly id: string }; readonly label: string };
  readonly entries: readonly Pick<MatrixEntry, 'measure' | 'values' | 'comparison'>[];
}

/**
 * All lines of a sweep at one value of its axis, against the line of an arm.
 * @returns null if that arm, or every other, was not run there
 */
export function forestOfSweep(sweep: Sweep, at: number, baseline = 'action'): Forest | null {
  const lines = sweep.lines.filter(({ points }) => points.some((point) => point.at === at));
  const control = lines.find(({ arm }) => arm === baseline) ?? lines[0];
  if (control === undefined || lines.length < 2) return null;
  const measures = drawnMeasures(sweep);
  const rows = [control, ...lines.filter((line) => line !== control)].map((line) => ({
    arm: line.arm,
    label: line.label,
    values: Object.fromEntries(measures.map(({ id }) => [id, bySeedName(valuesBySeed(line, at, id))])),
  }));
  const name = `${sweep.name}, ${sweep.label.toLowerCase()} ${at}`;
  const steps = sweep.path === 'training.steps' ? at : sweep.steps;
  return { format: 'karma-forest', version: 1, name, log: sweep.log, steps, rows };
}

interface Described {
  readonly name: string;
  readonly log: string;
  readonly steps: number | null;
}

/** What the forest plots of a matrix show. @param measures to draw */
export function forestOfMatrix(
  { name, log, steps }: Described,
  rows: readonly MatrixRow[],
  baseline: MatrixRow,
  measures: readonly Measure[],
  label: (row: MatrixRow) => string,
): Forest {
  const written = [baseline, ...rows.filter((row) => row !== baseline)].map((row) => ({
    arm: row.variant.arm.id,
    label: label(row),
    values: Object.fromEntries(
      row.entries
        .filter(({ measure }) => measures.some(({ id }) => id === measure.id))
        .map(({ measure, values }) => [measure.id, bySeedName(values)]),
    ),
  }));
  return { format: 'karma-forest', version: 1, name, log, steps, rows: written };
}

function bySeedName(values: BySeed): Record<string, number> {
  return Object.fromEntries([...values].map(([seed, value]) => [String(seed), value]));
}

/** The rows with their differences from the first one, with Holm's correction over the rows of a measure. */
export function forestedRows({ rows }: Forest): ForestedRow[] {
  const ids = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))].filter((id) => findMeasure(id) !== null);
  const columns = ids.map((id) => {
    const values = rows.map(
      (row): BySeed => new Map(Object.entries(row.values[id] ?? {}).map(([seed, value]) => [Number(seed), value])),
    );
    const [control, ...others] = values;
    const compared = [null, ...compareOverSeeds(control!, others)];
    return values.map((own, i) => ({ measure: measureOf(id), values: own, comparison: compared[i]! }));
  });
  return rows.map(({ arm, label }, i) => ({
    variant: { arm: { id: arm }, label },
    entries: columns.map((column) => column[i]!),
  }));
}
