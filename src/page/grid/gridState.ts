/** The grid on the page and its queue, kept beside the runs so that a closed tab continues where it was. */
import { create } from 'zustand';
import { z } from 'zod';
import { gridSchema } from '../../experiment/grid/gridSpec';
import { GridError, planGrid, type GridPlan } from '../../experiment/grid/plan';
import { adapterKey, finishedCells, type CellResult, type KnownRun } from '../../experiment/grid/results';
import type { RunSpec } from '../../recipe/runSpec';
import type { RunEntry } from '../runs/runEntry';
import { runStore } from '../runs/runsState';
import { useExperiment } from '../state/experiment';
import { useLocal } from '../state/local';
import { FIRST_DRAFT, type GridDraft } from './gridDraft';

const keptSchema = z.object({
  grid: gridSchema,
  /** The log as `cellKey` takes it, and its name for display. */
  log: z.string(),
  logTitle: z.string(),
  /** IDs of jobs in the order in which they run. */
  order: z.array(z.string()),
  cancelled: z.array(z.string()),
  /** Variant with which the others are compared; null is the first. */
  baseline: z.string().nullable(),
  /** Why a job gave no result, by ID. */
  failures: z.record(z.string(), z.string()),
});
export type KeptGrid = z.infer<typeof keptSchema>;

export interface GridState {
  readonly draft: GridDraft;
  /** Null while there is only the form. */
  readonly kept: KeptGrid | null;
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
  plan: null,
  running: false,
  current: null,
  calibrating: [],
  problem: null,
  unkept: null,
}));

const DOCUMENT = 'grid';

export async function loadGrid(): Promise<void> {
  const stored = keptSchema.safeParse(await (await runStore()).document(DOCUMENT));
  if (!stored.success || useGrid.getState().kept) return;
  try {
    useGrid.setState({ kept: stored.data, plan: planGrid(stored.data.grid, stored.data.log) });
  } catch (error) {
    if (!(error instanceof GridError)) throw error;
    useGrid.setState({ problem: `The grid from your last visit cannot be read by this version of the page: ${error.message}` });
  }
}

/** Makes the plan the page's grid, or removes it from the page; finished runs are kept. */
export function keepGrid(kept: KeptGrid | null): void {
  useGrid.setState({ kept, plan: kept && planGrid(kept.grid, kept.log) });
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
      if (!useLocal.getState().newer) await (await runStore()).putDocument(DOCUMENT, useGrid.getState().kept);
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
 * Hashes the recipe of every run, once per list of runs, however many parts of the page need it. Runs of another model with the name of
 * the one that is loaded are none of its results.
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
  const { kept } = useGrid.getState();
  if (!kept) return;
  const others = kept.cancelled.filter((one) => one !== id);
  const failures = Object.fromEntries(Object.entries(kept.failures).filter(([one]) => one !== id));
  changeGrid({ cancelled: cancelled ? [...others, id] : others, failures });
}
