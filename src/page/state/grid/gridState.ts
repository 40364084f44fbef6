/**
 * The grid on the page and its queue, and the grids before it, kept beside the runs so that a closed tab
 * continues where it was.
 */
import { t } from '../../../words/words';
import { create } from '../store';
import { z } from 'zod';
import { gridSchema } from '../../../experiment/grid/gridSpec';
import { GridError, planGrid, type GridPlan } from '../../../experiment/grid/plan';
import { adapterKey, finishedCells, type CellResult, type KnownRun } from '../../../experiment/grid/results';
import type { RunSpec } from '../../../recipe/runSpec';
import { canonicalJson } from '../../../experiment/grid/cellKey';
import type { RunEntry } from '../../../readings/runs/runEntry';
import { runStore } from '../runs/runsState';
import { useExperiment } from '../run/experiment';
import { useLocal } from '../kept/local';
import { FIRST_DRAFT, type GridDraft } from '../../../readings/grid/gridDraft';
import type { PlannedGrid } from '../../../readings/grid/gridsTable';
import { boundedText, cutLine, cutPassage, NOTES, parseKept, PASSAGE, PATH, singleLine, verbatim } from '../../../recipe/texts';

const keptSchema = z.object({
  grid: gridSchema,
  /** The log as `cellKey` takes it, and its name for display. */
  log: singleLine(PATH),
  logTitle: cutLine(PATH),
  /** IDs of jobs in the order in which they run. */
  order: z.array(verbatim()),
  cancelled: z.array(verbatim()),
  /** Variant with which the others are compared; null is the first. */
  baseline: verbatim(PASSAGE).nullable(),
  /** Why a job gave no result, by ID. */
  failures: z.record(verbatim(), cutPassage()),
  /**
   * Why a cell has no numbers, by key: its loss stopped being one. The others of its job are trained without
   * it.
   */
  diverged: z.record(verbatim(), cutPassage()).default({}),
  /** The user's, Markdown. */
  notes: boundedText(NOTES).default(''),
  /** Whether its outcome, a learning rate, becomes the recipe's. */
  search: z.boolean().optional(),
});
export type KeptGrid = z.infer<typeof keptSchema>;

export interface GridState {
  readonly draft: GridDraft;
  /** Null while there is only the form. */
  readonly kept: KeptGrid | null;
  /** Grids that were on the page before, the last one first; none is asked twice. */
  readonly earlier: readonly KeptGrid[];
  readonly plan: GridPlan | null;
  readonly running: boolean;
  /** The current job, or `calibration`. */
  readonly current: string | null;
  /** Short runs that measure step times, still to do. */
  readonly calibrating: readonly RunSpec[];
  readonly problem: string | null;
  /** Why grid and queue are not stored between visits. */
  readonly unkept: string | null;
}

export const useGrid = create<GridState>()(() => ({
  draft: FIRST_DRAFT,
  kept: null,
  earlier: [],
  plan: null,
  running: false,
  current: null,
  calibrating: [],
  problem: null,
  unkept: null,
}));

const DOCUMENT = 'grid';
const EARLIER = 'grids';

export async function loadGrid(): Promise<void> {
  const store = await runStore();
  const before = z.array(z.unknown()).safeParse(await store.document(EARLIER)).data ?? [];
  const readable = before.flatMap((one) => parseKept(keptSchema, one) ?? []);
  useGrid.setState(({ earlier }) => ({ earlier: distinctGrids([...earlier, ...readable]) }));
  const kept = parseKept(keptSchema, await store.document(DOCUMENT));
  if (kept === undefined || useGrid.getState().kept) return;
  try {
    useGrid.setState({ kept, plan: planGrid(kept.grid, kept.log) });
  } catch (error) {
    if (!(error instanceof GridError)) throw error;
    useGrid.setState({
      problem: t('The grid from your last visit cannot be read by this version of the page: {error}', { error: error.message }),
    });
  }
}

export function newGrid({ grid, jobs }: GridPlan, log: string, logTitle: string): KeptGrid {
  const order = jobs.map(({ id }) => id);
  return { grid, log, logTitle, order, cancelled: [], baseline: null, failures: {}, diverged: {}, notes: '' };
}

/** The same for the same question to the same log. */
export function gridKey({ grid, log }: Pick<KeptGrid, 'grid' | 'log'>): string {
  return canonicalJson([grid, log]);
}

/** Keys of the cells without numbers, those of failed jobs among them. */
export function divergedCells({ failures, diverged }: Pick<KeptGrid, 'failures' | 'diverged'>, { jobs }: GridPlan): Set<string> {
  const failed = jobs.filter(({ id }) => id in failures).flatMap(({ cells }) => cells.map(({ key }) => key));
  return new Set([...Object.keys(diverged), ...failed]);
}

/** The first of those that ask the same. */
function distinctGrids(grids: readonly KeptGrid[]): KeptGrid[] {
  const seen = new Map<string, KeptGrid>();
  for (const one of grids) if (!seen.has(gridKey(one))) seen.set(gridKey(one), one);
  return [...seen.values()];
}

/** Names of grids; those with the same name get their log or, if that does not tell them apart, a number. */
export function gridLabels(grids: readonly KeptGrid[]): string[] {
  const unlike = (names: readonly string[], more: (grid: KeptGrid, name: string, i: number) => string): string[] =>
    names.map((name, i) => (names.filter((one) => one === name).length > 1 ? more(grids[i]!, name, i) : name));
  const named = unlike(
    grids.map(({ grid }) => grid.name),
    ({ logTitle }, name) => `${name}, ${logTitle}`,
  );
  return unlike(named, (_, name, i) => `${name} (${named.slice(0, i + 1).filter((one) => one === name).length})`);
}

/** Null if this version of the page cannot plan it. */
export function plannedGrid(kept: KeptGrid, label: string): PlannedGrid | null {
  const { grid, log, logTitle } = kept;
  try {
    const plan = planGrid(grid, log);
    return { label, log, logTitle, plan, diverged: divergedCells(kept, plan) };
  } catch (error) {
    if (!(error instanceof GridError)) throw error;
    return null;
  }
}

/**
 * Makes a plan the page's grid, or goes back to the form; the grid before it is set aside, and finished runs
 * are kept.
 */
export function keepGrid(next: KeptGrid | null): void {
  const { kept: before, earlier } = useGrid.getState();
  const known = next && earlier.find((one) => gridKey(one) === gridKey(next));
  // The same question again continues where it was.
  const kept = known ?? next;
  const aside = distinctGrids(before === null ? earlier : [before, ...earlier]);
  useGrid.setState({
    kept,
    plan: kept && planGrid(kept.grid, kept.log),
    earlier: aside.filter((one) => kept === null || gridKey(one) !== gridKey(kept)),
    problem: null,
  });
  void save();
}

/** Changes what the page's grid asks. */
export function replaceGrid(kept: KeptGrid): void {
  useGrid.setState({ kept, plan: planGrid(kept.grid, kept.log) });
  void save();
}

/** Forgets a grid that was set aside. */
export function forgetGrid(key: string): void {
  useGrid.setState(({ earlier }) => ({ earlier: earlier.filter((one) => gridKey(one) !== key) }));
  void save();
}

export function changeGrid(part: Partial<KeptGrid>): void {
  useGrid.setState(({ kept }) => ({ kept: kept && { ...kept, ...part } }));
  void save();
}

let saving: Promise<void> = Promise.resolve();

function save(): Promise<void> {
  saving = saving.then(async () => {
    try {
      // A newer version's grid is not changed.
      if (!useLocal.getState().newer) {
        const store = await runStore();
        const { kept, earlier } = useGrid.getState();
        await store.putDocument(DOCUMENT, kept);
        await store.putDocument(EARLIER, earlier);
      }
      useGrid.setState({ unkept: null });
    } catch (error) {
      // The queue continues unsaved; only its position is lost with the tab.
      useGrid.setState({ unkept: error instanceof Error ? error.message : String(error) });
    }
  });
  return saving;
}

export function changeDraft(part: Partial<GridDraft>): void {
  useGrid.setState(({ draft }) => ({ draft: { ...draft, ...part } }));
}

export function knownRuns(entries: readonly RunEntry[]): KnownRun[] {
  return entries.map(({ adapter, status, ...entry }) => ({
    ...entry,
    adapter: adapterKey(adapter),
    complete: status === 'finished',
  }));
}

interface Results {
  /** The model that was loaded then. */
  readonly hash: string | undefined;
  readonly cells: ReadonlyMap<string, CellResult>;
}

const results = new WeakMap<readonly RunEntry[], Results>();

/**
 * Hashes the recipe of every run, once per list of runs, however many parts of the page need it. Runs of
 * another model with the name of the one that is loaded are none of its results.
 */
export function resultsOf(entries: readonly RunEntry[]): ReadonlyMap<string, CellResult> {
  const loaded = useExperiment.getState().model;
  const known = results.get(entries);
  if (known !== undefined && known.hash === loaded?.hash) return known.cells;
  const same = entries.filter(({ model }) => model.id !== loaded?.id || model.hash === loaded.hash);
  const cells = finishedCells(knownRuns(same));
  results.set(entries, { hash: loaded?.hash, cells });
  return cells;
}

/** Swaps a job with the one before or after it. */
export function moveJob(id: string, by: -1 | 1): void {
  const order = [...(useGrid.getState().kept?.order ?? [])];
  const at = order.indexOf(id);
  const other = order[at + by];
  if (at < 0 || other === undefined) return;
  order[at] = other;
  order[at + by] = id;
  changeGrid({ order });
}

/** Removes a job from the queue, or restores it. */
export function cancelJob(id: string, cancelled: boolean): void {
  const { kept, plan } = useGrid.getState();
  if (!kept) return;
  const own = new Set(plan?.jobs.find((job) => job.id === id)?.cells.map(({ key }) => key));
  const diverged = Object.fromEntries(Object.entries(kept.diverged).filter(([key]) => !own.has(key)));
  const others = kept.cancelled.filter((one) => one !== id);
  const failures = Object.fromEntries(Object.entries(kept.failures).filter(([one]) => one !== id));
  changeGrid({ cancelled: cancelled ? [...others, id] : others, failures, ...(!cancelled && { diverged }) });
}
