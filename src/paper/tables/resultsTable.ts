/**
 * A table of results for print: rows over seeds, one measure after the other, and the notes that must go
 * under it. Everything it says is computed from the values; `tableBody` lays it out, and one writer per
 * format writes it.
 */
import type { MatrixEntry } from '../../experiment/grid/matrix';
import type { Measure } from '../../measures/measure';
import { measureText } from '../../measures/measures';

/** What a row was trained and evaluated on, as mentioned in the notes. */
export interface RowFacts {
  readonly steps: number;
  readonly batchSize: number;
  /** Test targets of the final evaluation, one number per seed. */
  readonly targets: readonly number[];
  readonly log: string;
  /** Only targets with a candidate set from the log's files are ranked. */
  readonly onlyGiven: boolean;
  /** `sampledOf` its runs. */
  readonly sampledOf: number | null;
}

export interface ResultRow {
  readonly id: string;
  readonly label: string;
  /** Chosen on validation targets; null if none was tuned, or not all are finished. */
  readonly rate: number | null;
  readonly entries: readonly MatrixEntry[];
  readonly facts: RowFacts;
}

/** Rows compared with one of them. */
export interface ResultGroup {
  /** What the rows have in common, if there are several groups. */
  readonly heading: string | null;
  /** ID of the row with which the others are compared; null if nothing is compared. */
  readonly baseline: string | null;
  readonly rows: readonly ResultRow[];
  /**
   * Number of differences that were tested together, if they are those of several groups; else the group's
   * own.
   */
  readonly family?: number;
}

export interface ResultsTable {
  readonly caption: string;
  readonly groups: readonly ResultGroup[];
  /** Learning rates tried for each row, and the K of the HR on validation targets by which one was chosen. */
  readonly tuned: { readonly rates: readonly number[]; readonly k: number } | null;
  /** Rows, with seed and rate, that have no numbers, since their loss stopped being one. */
  readonly diverged?: readonly string[];
  /** Number of finished cells, and of all that can finish; null if none is missing. */
  readonly missing: { readonly done: number; readonly total: number } | null;
}

/**
 * 1 for the best mean of a measure among the rows of a group, 2 for the next; all of several means that print
 * the same. Null for the others.
 */
export function placesOf(rows: readonly Pick<ResultRow, 'entries'>[], index: number): (1 | 2 | null)[] {
  const entries = rows.map((row) => row.entries[index]!);
  const better = entries[0]?.measure.better ?? null;
  const means = entries.map(({ measure, mean }) => (mean === null ? null : Number(measureText(measure, mean))));
  const known = means.filter((mean) => mean !== null);
  if (better === null || known.length < 2 || new Set(known).size === 1) return means.map(() => null);
  return means.map((mean) => {
    if (mean === null) return null;
    const ahead = known.filter((other) => (better === 'higher' ? other > mean : other < mean)).length;
    // The second of two is the last.
    return ahead === 0 ? 1 : ahead === 1 && known.length > 2 ? 2 : null;
  });
}

/** Measures for which any row has a value. */
export function measuresIn({ groups }: ResultsTable): readonly Measure[] {
  const rows = groups.flatMap((group) => group.rows);
  return (rows[0]?.entries ?? []).flatMap(({ measure }, i) =>
    rows.some(({ entries }) => entries[i]!.mean !== null) ? [measure] : [],
  );
}

/** The same table with only these measures, in order. */
export function onlyMeasures(table: ResultsTable, ids: readonly string[]): ResultsTable {
  const chosen = (row: ResultRow): ResultRow => ({
    ...row,
    entries: ids.flatMap((id) => row.entries.find(({ measure }) => measure.id === id) ?? []),
  });
  return { ...table, groups: table.groups.map((group) => ({ ...group, rows: group.rows.map(chosen) })) };
}
