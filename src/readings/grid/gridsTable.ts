/**
 * Two grids against each other: what their recipes differ in, and rows of the same name with their
 * differences. Pure.
 */
import { t } from '../../words/words';
import { gridMatrix, type DivergedCells, type MatrixRow } from '../../experiment/grid/matrix';
import type { GridSpec } from '../../experiment/grid/gridSpec';
import type { GridPlan } from '../../experiment/grid/plan';
import type { CellResult } from '../../experiment/grid/results';
import type { Measure } from '../../measures/measure';
import { gridTable } from '../../paper/tables/gridTable';
import type { ResultGroup, ResultRow, ResultsTable } from '../../paper/tables/resultsTable';
import { readField, writeField, type SpecPath } from '../../recipe/specPath';
import { changeText, fieldValueText, fieldLabel, whatChanged } from '../../recipe/whatChanged';
import { fieldAt } from '../../recipe/fields';
import { comparePairs } from '../../statistics/comparison';
import type { Member, RecipeGroup } from '../runs/recipeGroups';
import type { RunEntry } from '../runs/runEntry';
import { variantText } from './words';

export interface PlannedGrid {
  /** By which it is told from the other. */
  readonly label: string;
  readonly plan: GridPlan;
  readonly diverged?: DivergedCells;
  /** As `cellKey` takes it, and for display. */
  readonly log: string;
  readonly logTitle: string;
}

export interface ComparedGrids {
  /** What the second has otherwise than the first, in words. */
  readonly changes: readonly string[];
  /** A group for each row that both have: the first grid's is its baseline. */
  readonly table: ResultsTable;
  /** The runs of every row of the table, by its ID. */
  readonly recipes: ReadonlyMap<string, RecipeGroup<RunEntry>>;
  /** Names of rows with results that only one of them has. */
  readonly alone: readonly (readonly string[])[];
}

type Results = ReadonlyMap<string, CellResult>;

/** A row of a grid with at least one result. */
interface Filled {
  readonly row: ResultRow;
  readonly name: string;
  readonly group: RecipeGroup<RunEntry>;
}

/**
 * Differences are tested only on as many targets of one log, paired by seed; Holm's correction is over all
 * rows that both have.
 */
export function gridsCompared(
  grids: readonly [PlannedGrid, PlannedGrid],
  results: Results,
  entries: readonly RunEntry[],
  measures: readonly Measure[],
): ComparedGrids {
  const [first, second] = grids;
  const [ours, theirs] = grids.map((grid) => filledRows(grid, results, entries, measures)) as [
    Map<string, Filled>,
    Map<string, Filled>,
  ];
  const shared = [...ours].flatMap(([id, before]) => {
    const after = theirs.get(id);
    return after === undefined ? [] : [{ before, after }];
  });
  const comparisons = measures.map((_, i) =>
    comparePairs(shared.map(({ before, after }) => [after.row.entries[i]!.values, before.row.entries[i]!.values])),
  );
  const groups = shared.map(({ before, after }, at): ResultGroup => {
    const same = first.log === second.log && rankedTargets(before) === rankedTargets(after);
    const entriesOf = (row: ResultRow, compared: boolean) =>
      row.entries.map((entry, i) => ({ ...entry, comparison: compared ? comparisons[i]![at]! : null }));
    return {
      heading: after.name,
      baseline: same ? before.row.id : null,
      rows: [
        { ...before.row, entries: entriesOf(before.row, false) },
        { ...after.row, entries: entriesOf(after.row, same) },
      ],
      family: shared.length,
    };
  });
  const only = (own: Map<string, Filled>, other: Map<string, Filled>): string[] =>
    [...own].flatMap(([id, { name }]) => (other.has(id) ? [] : [name]));
  return {
    changes: changesOfGrids(first, second),
    table: { caption: `${second.label} against ${first.label}`, groups, tuned: null, missing: null },
    recipes: new Map(shared.flatMap(({ before, after }) => [before, after].map(({ row, group }) => [row.id, group] as const))),
    alone: [only(ours, theirs), only(theirs, ours)],
  };
}

/** How many test targets a row's runs ranked. */
function rankedTargets({ row }: Filled): string {
  return JSON.stringify([...new Set(row.facts.targets)].sort((a, b) => a - b));
}

/** By the ID of the variant. */
function filledRows(
  { label, plan, diverged, logTitle }: PlannedGrid,
  results: Results,
  entries: readonly RunEntry[],
  measures: readonly Measure[],
): Map<string, Filled> {
  const matrix = gridMatrix(plan, results, measures, null, diverged);
  const [{ rows }] = gridTable(plan, results, matrix, { baseline: null, log: logTitle }).groups as [ResultGroup];
  const runs = new Map(entries.map((entry) => [entry.id, entry]));
  const filled = matrix.flatMap((one, i): [string, Filled][] => {
    const [head, ...rest] = membersOf(one, results, runs);
    if (head === undefined) return [];
    const id = `${label} ${one.variant.id}`;
    const row = {
      ...rows[i]!,
      id,
      label: one.rate === null ? label : t('{label}, rate {rate}', { label, rate: String(one.rate) }),
    };
    return [[one.variant.id, { row, name: variantText(one.variant), group: { key: id, members: [head, ...rest] } }]];
  });
  return new Map(filled);
}

function membersOf({ cells }: MatrixRow, results: Results, runs: ReadonlyMap<string, RunEntry>): Member<RunEntry>[] {
  return cells.flatMap(({ key }) => {
    const found = results.get(key);
    const run = found && runs.get(found.run);
    const arm = run?.spec.arms.find(({ id }) => id === found!.arm);
    return run && arm ? [{ run, arm }] : [];
  });
}

/** What the second grid asks otherwise than the first; recipes are compared in what neither varies. */
function changesOfGrids(first: PlannedGrid, second: PlannedGrid): string[] {
  const [from, to] = [first.plan.grid, second.plan.grid];
  const varied = [...new Set([...from.axes, ...to.axes].map(({ path }) => path as SpecPath))];
  const base = (grid: GridSpec) =>
    varied.reduce((spec, path) => writeField(spec, path, readField(to.base, path)), { ...grid.base, arms: grid.arms, seed: 0 });
  const changed = (what: string, a: string, b: string): string[] => (a === b ? [] : [changeText(what, a, b)]);
  return [
    ...(first.log === second.log ? [] : [changeText(t('Log'), first.logTitle, second.logTitle)]),
    ...whatChanged(base(from), base(to)),
    ...varied.flatMap((path) => changed(fieldLabel(path), valuesOf(from, path), valuesOf(to, path))),
    ...changed(t('Tuned rates'), ratesOf(from), ratesOf(to)),
    ...changed(t('Seeds'), from.seeds.join(', '), to.seeds.join(', ')),
  ];
}

/** Values of an axis; of a field that the grid does not vary, its recipe's. */
function valuesOf({ axes, base }: GridSpec, path: SpecPath): string {
  const values: readonly unknown[] = axes.find((axis) => axis.path === path)?.values ?? [readField(base, path)];
  return values.map((value) => fieldValueText(fieldAt(path), value)).join(', ');
}

function ratesOf({ tune }: GridSpec): string {
  return tune === null ? t('none') : tune.rates.join(', ');
}
