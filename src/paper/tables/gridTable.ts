/** A grid's matrix as a table of results. */
import { inSentence } from '../../recipe/words';
import { fieldAt } from '../../recipe/fields';
import { fieldValueText, fieldLabel } from '../../recipe/whatChanged';
import type { MatrixRow } from '../../experiment/grid/matrix';
import type { GridPlan, Variant } from '../../experiment/grid/plan';
import type { CellResult } from '../../experiment/grid/results';
import type { ResultsTable } from './resultsTable';

interface GridTableOptions {
  /** A variant's ID; null takes the first. */
  readonly baseline: string | null;
  readonly log: string;
  /** Name of a row. */
  readonly label?: (variant: Variant) => string;
}

export function gridTable(
  { grid, jobs }: GridPlan,
  results: ReadonlyMap<string, CellResult>,
  rows: readonly MatrixRow[],
  { baseline, log, label = variantLabel }: GridTableOptions,
): ResultsTable {
  const control = rows.find(({ variant }) => variant.id === baseline) ?? rows[0]!;
  const [done, total] = [
    rows.reduce((sum, row) => sum + row.done, 0),
    rows.reduce((sum, row) => sum + row.total - row.diverged.length, 0),
  ];
  const found = rows.map((row) => {
    const spec = jobs.find(({ cells }) => cells.some(({ variant }) => variant.id === row.variant.id))!.spec;
    return {
      id: row.variant.id,
      label: label(row.variant),
      rate: row.rate,
      entries: row.entries,
      facts: {
        steps: spec.training.steps,
        batchSize: spec.training.batchSize,
        targets: row.cells.flatMap(({ key }) => results.get(key)?.summary.last?.users ?? []),
        log,
        onlyGiven: row.onlyGiven,
        sampledOf: row.sampledOf,
      },
    };
  });
  return {
    caption: grid.name,
    groups: [{ heading: null, baseline: rows.length > 1 ? control.variant.id : null, rows: found }],
    tuned: grid.tune,
    diverged: divergedNames(rows, label),
    missing: done < total ? { done, total } : null,
  };
}

/** The cells without numbers: `KARMA (seed 3, rate 0.008)`. @param label of a row */
export function divergedNames(rows: readonly MatrixRow[], label: (variant: MatrixRow['variant']) => string): string[] {
  return rows.flatMap(({ variant, diverged }) =>
    diverged.map(({ seed, rate }) => `${label(variant)} (seed ${seed}${rate === null ? '' : `, rate ${rate}`})`),
  );
}

/** `KARMA, item interface text` */
function variantLabel({ arm, settings }: Variant): string {
  const words = settings.map(({ path, value }) => `${inSentence(fieldLabel(path))} ${fieldValueText(fieldAt(path), value)}`);
  return [arm.label, ...words].join(', ');
}
