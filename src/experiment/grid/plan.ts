/** From a grid to its cells, and from cells to the runs that fill them. Pure. */
import { complaintsOf, sentenceWithPath } from '../../recipe/errorMap';
import { withDistinctLabels } from '../../recipe/distinctLabels';
import { isItemInterface, withInterface } from '../../recipe/itemInterface';
import { trainableSchema, type ArmSpec, type RunSpec } from '../../recipe/runSpec';
import { fieldPaths, writeField, type SpecPath } from '../../recipe/specPath';
import { sha256Hex } from '../../storage/sha256';
import { canonicalJson, cellKey } from './cellKey';
import { MOST_TRIALS } from '../../measures/ranking/baselineSettings';
import type { GridSpec } from './gridSpec';
import { t } from '../../words/words';

export interface Setting {
  readonly path: SpecPath;
  readonly value: unknown;
}

/** A row of the matrix: an arm under one combination of the axes' values. */
export interface Variant {
  /** `karma`, `karma objective.itemInterface=text`. */
  readonly id: string;
  readonly arm: ArmSpec;
  readonly settings: readonly Setting[];
}

/** One arm, trained once. */
export interface GridCell {
  readonly key: string;
  readonly variant: Variant;
  /** Null if rates are not tuned. */
  readonly rate: number | null;
  readonly seed: number;
}

/** One run: arms that share all other settings, so that model, log and baselines are prepared once. */
export interface Job {
  readonly id: string;
  readonly cells: readonly GridCell[];
  /** The recipe of all its cells. */
  readonly spec: RunSpec;
}

export interface GridPlan {
  readonly grid: GridSpec;
  readonly variants: readonly Variant[];
  readonly cells: readonly GridCell[];
  /** Ordered by seed, so that an early end leaves complete comparisons. */
  readonly jobs: readonly Job[];
}

/** A grid that cannot be run; the message names the field. */
export class GridError extends Error {}

/**
 * Number of users whose validation targets choose a learning rate, if the recipe leaves the number to the
 * machine's speed.
 */
const TUNING_USERS = 512;
const MOST_ARMS = 8;

/** @param log as `cellKey` takes it. @throws GridError */
export function planGrid(grid: GridSpec, log: string): GridPlan {
  const named = withDistinctLabels(grid.arms);
  const known = new Set<string>(fieldPaths(grid.base));
  const taken = new Set<string>(['arms', 'seed', 'name', ...(grid.tune ? ['training.learningRate'] : [])]);
  for (const { path } of grid.axes) {
    if (!known.has(path)) throw new GridError(t('The recipe has no field {path}.', { path }));
    if (taken.has(path)) throw new GridError(t('{path} cannot be an axis: the grid sets it otherwise.', { path }));
  }
  const combinations = grid.axes.reduce<Setting[][]>(
    (list, { path, values }) =>
      list.flatMap((settings) => values.map((value) => [...settings, { path: path as SpecPath, value }])),
    [[]],
  );
  const variants = combinations.flatMap((settings) =>
    named.map((arm): Variant => ({ id: variantId(arm, settings), arm, settings })),
  );
  const jobs = grid.seeds.flatMap((seed) =>
    combinations.flatMap((settings) =>
      (grid.tune?.rates ?? [null]).flatMap((rate) =>
        chunks(named, MOST_ARMS).map((arms): Job => {
          const spec = specOf(grid, settings, rate, seed, arms);
          const cells = arms.map((arm): GridCell => {
            const id = variantId(arm, settings);
            return { key: cellKey(spec, arm, log), variant: variants.find((one) => one.id === id)!, rate, seed };
          });
          return { id: cellsRunId(cells.map(({ key }) => key)), cells, spec };
        }),
      ),
    ),
  );
  return { grid, variants, cells: jobs.flatMap(({ cells }) => cells), jobs };
}

/** The name of a run that fills cells. @param keys of the cells */
export function cellsRunId(keys: readonly string[]): string {
  return sha256Hex(keys.join()).slice(0, 12);
}

function variantId(arm: ArmSpec, settings: readonly Setting[]): string {
  return [arm.id, ...settings.map(({ path, value }) => `${path}=${plain(value)}`)].join(' ');
}

function specOf(
  grid: GridSpec,
  settings: readonly Setting[],
  rate: number | null,
  seed: number,
  arms: readonly ArmSpec[],
): RunSpec {
  let draft: RunSpec = { ...grid.base, seed, arms: [...arms] };
  for (const { path, value } of settings)
    draft =
      path === 'objective.itemInterface' && isItemInterface(value)
        ? withInterface(draft, value, grid.base)
        : writeField(draft, path, value);
  if (rate !== null) {
    draft = writeField(draft, 'training.learningRate', rate);
    draft = writeField(draft, 'evaluation.watch', 'validation');
    // What arms are compared with gets as many trials.
    draft = writeField(draft, 'evaluation.baselineTrials', Math.min(MOST_TRIALS, grid.tune!.rates.length));
    // The trained baseline tries rates of its own, so once is enough.
    if (rate !== grid.tune!.rates[0]) draft = writeField(draft, 'evaluation.sasrecSteps', 0);
    if (draft.evaluation.sampleUsers === 'auto') draft = writeField(draft, 'evaluation.sampleUsers', TUNING_USERS);
    if (!draft.evaluation.ks.includes(grid.tune!.k)) {
      throw new GridError(
        t('Rates are chosen by HR@{k}, which the recipe does not measure: add {k} to evaluation.ks.', { k: grid.tune!.k }),
      );
    }
  }
  const words = [
    ...settings.map(({ path, value }) => `${path.split('.').at(-1)!} ${plain(value)}`),
    ...(rate === null ? [] : [`lr ${rate}`]),
  ];
  draft = { ...draft, name: [grid.name, ...words].join(' · ') };
  // Runs record what `auto` resolved to: their cells would have other keys than the plan's, and might not
  // even share one precision.
  if (draft.model.precision === 'auto') {
    throw new GridError(t('model.precision is auto: name one, so that all cells are stored alike.'));
  }
  const parsed = trainableSchema.safeParse(draft);
  if (parsed.success) return parsed.data;
  const problems = complaintsOf(parsed.error, trainableSchema).map(sentenceWithPath).join(' ');
  throw new GridError(`${words.join(', ') || t('The recipe')}: ${problems}`);
}

function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : canonicalJson(value);
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size));
}

/**
 * The run that fills the missing cells of a job; null if there are none. Cells with the same key are trained
 * once.
 */
export function remainingRun(job: Job, finished: { has(key: string): boolean }): RunSpec | null {
  const seen = new Set<string>();
  const arms = job.cells.flatMap(({ key, variant }) => {
    if (finished.has(key) || seen.has(key)) return [];
    seen.add(key);
    return [variant.arm];
  });
  return arms.length === 0 ? null : { ...job.spec, arms };
}
