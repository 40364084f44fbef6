/**
 * A sweep: what a grid found along its one numeric axis, such as the learning rate. Lines by arm and other
 * setting, points by value of the axis, values by seed, so that means, intervals and paired differences can
 * be computed from it. A file of it (gzip, JSON) is a finding that the site ships: `npm run summarise --
 * FOLDER --sweep FILE` writes it from run files.
 */
import { inEnglish } from '../../words/words';
import { z } from 'zod';
import { findMeasure, measure as measureOf } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import { fieldAt } from '../../recipe/fields';
import type { RunRecord } from '../../record/runRecord';
import type { BySeed } from '../../statistics/comparison';
import { crossedMean } from '../../statistics/crossedMean';
import { mean } from '../../statistics/statistics';
import { ratelessKey } from './cellKey';
import { armDifferences, type ArmSeedValues } from './differences';
import { givenCells, sampledCells, sideOf } from './matrix';
import type { GridCell, GridPlan, Variant } from './plan';
import type { CellResult } from './results';
import { cutLine, NAME, PATH, verbatim } from '../../recipe/texts';

const valuesSchema = z.record(verbatim(NAME), z.number());

const pointSchema = z.object({
  /** Value of the axis. */
  at: z.number(),
  /**
   * HR@10 − that of the first line, with an error for seeds and users (`crossedMean`); absent on the first
   * line, and where seeds rank targets of their own.
   */
  fromFirst: z.object({ mean: z.number(), error: z.number(), df: z.number() }).optional(),
  seeds: z.array(
    z.object({
      seed: z.number().int(),
      /** Final evaluation, on test targets, by measure, unscaled. */
      values: valuesSchema,
      /**
       * HR@10 of the last evaluation during training, on the targets that the recipe watches, by which a rate
       * may be chosen.
       */
      watched: z.number().nullable(),
    }),
  ),
});

export const sweepSchema = z.object({
  format: z.literal('karma-sweep'),
  version: z.literal(1),
  name: cutLine(),
  /** Field of the recipe that varies, and its label. */
  path: cutLine(),
  label: cutLine(),
  /** Settings shared by all runs, for a caption. */
  log: cutLine(PATH),
  /** Null where the grid varies them. */
  steps: z.number().int().nullable(),
  batchSize: z.number().int().nullable(),
  watch: z.enum(['test', 'validation']),
  /** Test users of the final evaluation. */
  users: z.number().int(),
  /**
   * The base model without training, by measure (zero-shot for rankings); measures without such a value are
   * left out.
   */
  base: valuesSchema,
  /**
   * Whether the base model's attention is that of the users of the final evaluation, as the arms' is; absent
   * if it is that of the sampled ones.
   */
  baseOnTest: z.literal(true).optional(),
  lines: z.array(
    z.object({
      arm: cutLine(),
      label: cutLine(),
      /**
       * What its runs have in common with others of the same recipe at any seed and rate (`ratelessKey`);
       * absent without a record to read it from.
       */
      key: cutLine().optional(),
      /** Ascending. */
      points: z.array(pointSchema),
    }),
  ),
});
export type Sweep = z.infer<typeof sweepSchema>;
export type SweepLine = Sweep['lines'][number];
export type SweepPoint = SweepLine['points'][number];

export const RATE = 'training.learningRate';
/** The measure by which a rate is chosen. */
export const CHOSEN_BY = 'hr@10';

/**
 * The measures drawn over the axis, in this order: ranking, sinks, language. Of alternatives, the first that
 * was measured: texts that no arm trains on come before item texts, whose language the text losses learn.
 */
const DRAWN: readonly (readonly string[])[] = [['hr@10'], ['firstHalfSinkRate'], ['domainDrift', 'lmDrift']];

/** The measures of a sweep that are drawn. */
export function drawnMeasures({ lines }: Pick<Sweep, 'lines'>): Measure[] {
  const known = new Set(
    lines.flatMap(({ points }) => points.flatMap(({ seeds }) => seeds.flatMap(({ values }) => Object.keys(values)))),
  );
  return DRAWN.flatMap((alternatives) => {
    const id = alternatives.find((one) => known.has(one));
    const measure = id === undefined ? null : findMeasure(id);
    return measure === null ? [] : [measure];
  });
}

/** All seeds of a sweep, ascending. */
export function seedsOf({ lines }: Pick<Sweep, 'lines'>): number[] {
  const all = lines.flatMap(({ points }) => points.flatMap(({ seeds }) => seeds.map(({ seed }) => seed)));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Values of a measure at one value of the axis; empty if unknown. */
export function valuesBySeed({ points }: Pick<SweepLine, 'points'>, at: number, id: string): BySeed {
  const seeds = points.find((point) => point.at === at)?.seeds ?? [];
  return new Map(seeds.flatMap(({ seed, values }) => (values[id] === undefined ? [] : [[seed, values[id]] as const])));
}

/**
 * The value of the axis at which a line ranks best on the watched targets; null if they were not measured
 * everywhere.
 */
export function bestPlace({ points }: Pick<SweepLine, 'points'>): number | null {
  let best: { at: number; score: number } | null = null;
  for (const { at, seeds } of points) {
    const scores = seeds.flatMap(({ watched }) => (watched === null ? [] : [watched]));
    if (scores.length < seeds.length || scores.length === 0) return null;
    const score = mean(scores);
    if (!best || score > best.score) best = { at, score };
  }
  return best?.at ?? null;
}

/**
 * The numeric field that a grid varies: the learning rate if it varies, else its first axis with two or more
 * numbers; null if there is none.
 */
export function sweptPath({ grid }: Pick<GridPlan, 'grid'>): string | null {
  if (grid.tune !== null) return RATE;
  const numeric = grid.axes.filter(({ values }) => values.length > 1 && values.every((value) => typeof value === 'number'));
  return (numeric.find(({ path }) => path === RATE) ?? numeric[0])?.path ?? null;
}

function placeOf({ grid }: GridPlan, { rate, variant }: GridCell, path: string): number | null {
  if (path === RATE && rate !== null) return rate;
  const value: unknown = variant.settings.find((setting) => setting.path === path)?.value;
  return typeof value === 'number' ? value : path === RATE ? grid.base.training.learningRate : null;
}

/** Rows with one key are points of one line. */
function lineKey({ arm, settings }: Variant, path: string): string {
  return JSON.stringify([arm.id, settings.filter((setting) => setting.path !== path)]);
}

/** `KARMA`, `KARMA · 64`: the arm, and its values on the other axes. */
function lineName({ arm, settings }: Variant, path: string): string {
  const others = settings
    .filter((setting) => setting.path !== path)
    .map(({ value }) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return [arm.label, ...others].join(' · ');
}

/** Steps and batch size of all runs of a grid; null where they differ. */
export function sharedTraining({ jobs }: Pick<GridPlan, 'jobs'>): Pick<Sweep, 'steps' | 'batchSize'> {
  const shared = (of: 'steps' | 'batchSize'): number | null => {
    const values = new Set(jobs.map(({ spec }) => spec.training[of]));
    return values.size === 1 ? [...values][0]! : null;
  };
  return { steps: shared('steps'), batchSize: shared('batchSize') };
}

/**
 * The finished part of a grid as a sweep; null if no numeric field varies, or nothing is finished.
 * @param record of one of its runs, for the values of the base model and the keys of lines; null if none is
 * known
 * @param path of the field that it is over; default: the one that varies
 */
export function sweepOf(
  plan: GridPlan,
  results: ReadonlyMap<string, CellResult>,
  {
    log,
    record,
    path = sweptPath(plan),
  }: { readonly log: string; readonly record: RunRecord | null; readonly path?: string | null },
): Sweep | null {
  if (path === null) return null;
  let users = 0;
  const given = givenCells(plan);
  const hitsAt = (key: string, at: number): ArmSeedValues => {
    const cells = plan.cells.filter((cell) => lineKey(cell.variant, path) === key && placeOf(plan, cell, path) === at);
    return sideOf({ cells, sampledOf: sampledCells(cells, results, given) }, measureOf(CHOSEN_BY), results);
  };
  const keys = [...new Set(plan.variants.map((variant) => lineKey(variant, path)))];
  const lines = keys.flatMap((key): SweepLine[] => {
    const points = new Map<number, SweepPoint>();
    const cells = plan.cells.filter(({ variant }) => lineKey(variant, path) === key);
    for (const cell of cells) {
      const at = placeOf(plan, cell, path);
      const summary = results.get(cell.key)?.summary;
      if (at === null || !summary?.last) continue;
      users = Math.max(users, summary.last.users);
      const point = points.get(at) ?? { at, seeds: [] };
      point.seeds.push({
        seed: cell.seed,
        values: drawnValues(summary.last.values),
        watched: summary.watched[CHOSEN_BY] ?? null,
      });
      points.set(at, point);
    }
    if (points.size === 0) return [];
    const compared = [...points.values()].map((point): SweepPoint => {
      if (key === keys[0]) return point;
      const { byUser } = armDifferences(hitsAt(key, point.at), hitsAt(keys[0]!, point.at), measureOf(CHOSEN_BY));
      const fromFirst = byUser && crossedMean(byUser);
      return fromFirst ? { ...point, fromFirst } : point;
    });
    const { variant } = cells[0]!;
    const job = plan.jobs.find((one) => one.cells.includes(cells[0]!))!;
    return [
      {
        ...{ arm: variant.arm.id, label: lineName(variant, path) },
        ...(record && path === RATE && { key: ratelessKey({ ...record, spec: job.spec }, variant.arm) }),
        points: compared.sort((a, b) => a.at - b.at),
      },
    ];
  });
  if (lines.length === 0) return null;
  const { evaluation } = plan.grid.base;
  return {
    ...{
      format: 'karma-sweep',
      version: 1,
      name: plan.grid.name,
      path,
      label: inEnglish(() => fieldAt(path)?.label ?? path),
      log,
    },
    ...{ ...sharedTraining(plan), watch: evaluation.watch, users, base: record === null ? {} : baseOf(record), lines },
    ...(record?.base.testSinks && { baseOnTest: true }),
  };
}

function drawnValues(values: Readonly<Record<string, number>>): Record<string, number> {
  const wanted = DRAWN.flat();
  return Object.fromEntries(Object.entries(values).filter(([id]) => wanted.includes(id)));
}

/**
 * The drawn measures of the base model without training; for rankings, the zero-shot baseline on all users.
 */
function baseOf(record: RunRecord): Record<string, number> {
  const { zeroShot } = record.baselines;
  const hr = zeroShot.all.values[CHOSEN_BY];
  const others = DRAWN.flat().flatMap((id) => {
    const value = findMeasure(id)?.base(record, 'all') ?? null;
    return value === null ? [] : [[id, value] as const];
  });
  return { ...(hr !== undefined && { [CHOSEN_BY]: hr }), ...Object.fromEntries(others) };
}
