/**
 * The baselines of a grid's runs over its seeds, each at the setting that validation targets choose. Pure.
 */
import { BASELINES, type RecordedBaseline } from '../../measures/ranking/baselineNames';
import { isTuned, settingWords } from '../../measures/ranking/baselineSettings';
import type { RunSpec } from '../../recipe/runSpec';
import type { BaselineRecord, Ranked } from '../../record/runRecord';
import { mean } from '../../statistics/statistics';
import { canonicalJson } from './cellKey';
import type { GridPlan } from './plan';
import type { KnownRun } from './results';

export interface GridBaseline {
  readonly id: RecordedBaseline;
  readonly name: string;
  /** Settings in words, one if all seeds chose the same; empty if there is nothing to set. */
  readonly settings: readonly string[];
  /** Settings that were tried. */
  readonly tried: number;
  /** On test targets, by seed. */
  readonly bySeed: ReadonlyMap<number, Ranked>;
}

/** A baseline in one run. */
interface Found {
  readonly seed: number;
  readonly baseline: BaselineRecord;
  /**
   * Of the trained baseline in records of earlier versions, whose grids trained it at their own rates; else
   * null.
   */
  readonly rate: number | null;
}

/**
 * Baselines do not feel what arms are trained with, so each seed counts once.
 * Empty if the axes of the grid change what a run ranks, or no run has baselines.
 */
export function gridBaselines({ grid, jobs }: GridPlan, runs: readonly KnownRun[]): GridBaseline[] {
  if (grid.axes.some(({ path }) => !path.startsWith('training.') && !path.startsWith('lora.'))) return [];
  const planned = new Set(jobs.map(({ spec }) => ranksWith(spec)));
  const own = runs.filter(({ spec, complete }) => complete && planned.has(ranksWith(spec)));
  return BASELINES.flatMap(({ id, name }) => {
    const found = own.flatMap(({ spec, facts }): Found[] => {
      const baseline = facts?.baselines[id];
      if (baseline === undefined) return [];
      const untuned = id === 'sasrec' && baseline.tuning === undefined;
      return [{ seed: spec.seed, baseline, rate: untuned ? facts!.baselines.sasrec!.learningRate : null }];
    });
    if (found.length === 0) return [];
    const rates = [...new Set(found.flatMap(({ rate }) => (rate === null ? [] : [rate])))].sort((a, b) => a - b);
    const k = grid.tune?.k ?? 10;
    const best = rates.length < 2 ? null : chosenRate(found, rates, k);
    const shown = found.filter(({ rate }) => best === null || rate === best);
    const words = shown.flatMap(({ rate, baseline: { tuning } }) => {
      if (rate !== null) return [`rate ${rate}`];
      return (id !== 'sasrec' && !isTuned(id)) || tuning === undefined
        ? []
        : [settingWords(id, tuning.tried[tuning.chosen]!.setting)];
    });
    return [
      {
        ...{ id, name },
        settings: [...new Set(words)],
        tried: shown[0]!.baseline.tuning?.tried.length ?? Math.max(1, rates.length),
        bySeed: new Map(shown.map(({ seed, baseline }) => [seed, baseline.all])),
      },
    ];
  });
}

/** What a run's baselines depend on. */
function ranksWith({ seed, evaluation, objective, data }: RunSpec): string {
  return canonicalJson([seed, evaluation, objective, data]);
}

/** The rate with the highest mean HR@K over seeds on the watched targets; the smaller one in a tie. */
function chosenRate(found: readonly Found[], rates: readonly number[], k: number): number {
  const scored = rates.map((rate) => {
    const own = found.filter((one) => one.rate === rate);
    return { rate, score: mean(own.map(({ baseline }) => baseline.sample.values[`hr@${k}`] ?? 0)) };
  });
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).rate;
}
