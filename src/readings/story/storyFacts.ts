/**
 * What the story of a run is made of: what each arm did to language and attention, how the compared arms
 * rank, what training adds. From the run alone, or from all runs of the grid behind it. Pure.
 *
 * Rules [O], beside those of `verdict`:
 * - Of one run, language is lost and heads get stuck where the verdict says that the value rises; over runs,
 *   where their mean rises by as much and the 95 % t-interval over seeds leaves the base model's value out.
 * - Two arms rank alike unless they differ at the verdict's K: of one run by `leadOf`, over runs by the
 *   paired t-test over seeds.
 * - Training adds or takes hits where the control differs from its untrained start by the paired test over
 *   users; over runs, by the error over seeds and that over users of the run on the page together.
 */
import { rankingAt } from '../../measures/measures';
import type { RankingMeasure } from '../../measures/measure';
import { BASELINES } from '../../measures/ranking/baselineNames';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { differencesOverSeeds, type BySeed } from '../../statistics/comparison';
import { intervalOf, meanOverSeeds, pOf } from '../../statistics/crossedMean';
import { halfWidthError, unpairedP } from '../../statistics/shareError';
import { mean, meanInterval, standardError } from '../../statistics/statistics';
import type { FigureArm } from '../arms/armsOf';
import { pairedWithBaseline } from '../series/rankingData';
import type { RankedBaseline } from '../verdict/besideBaselines';
import { leadOf, type RankedForm } from '../verdict/rankingWords';
import { languageReading, moveOf, sinkReading, type MeasureReading } from '../verdict/summaryWords';
import { comparedAtKs, comparisonOf, hitRate, type ArmComparison } from '../verdict/verdict';
import type { FinalValues, GridRuns } from './gridRuns';

/** A measure of one arm beside the base model's. */
export interface Moved {
  readonly base: number;
  readonly now: number;
  /** Smallest and largest over runs; of one run its value. */
  readonly range: readonly [number, number];
  readonly rises: boolean;
  /** The smallest difference that counts as one. */
  readonly least: number;
}

/** What an arm did to language and to attention; null where that is not known. */
export interface Kept {
  readonly language: Moved | null;
  readonly sinks: Moved | null;
}

export interface ArmFacts extends Kept {
  readonly arm: Pick<FigureArm, 'id' | 'label' | 'spec'>;
}

export interface RankingFacts {
  readonly form: RankedForm;
  readonly k: number;
  /** Whether in candidate pools. */
  readonly pool: boolean;
  /** Shares of hits of the treatment and of the control. */
  readonly own: number;
  readonly other: number;
  /** 95 % interval of the difference; null without spread. */
  readonly interval: readonly [number, number] | null;
}

export interface TrainingFacts {
  /** Control − its untrained start, as a share. */
  readonly gain: number;
  readonly sign: 1 | 0 | -1;
  /** The best of all baselines, by name, and its share of hits. */
  readonly best: { readonly id: string; readonly name: string; readonly share: number };
}

export interface StoryFacts {
  /** Number of runs; 1 is the run on the page alone. */
  readonly runs: number;
  readonly control: ArmFacts;
  readonly treatment: ArmFacts;
  readonly others: readonly ArmFacts[];
  /** Null where it cannot be told. */
  readonly ranking: RankingFacts | null;
  readonly training: TrainingFacts | null;
  /** A baseline that both arms of the run on the page stay below. */
  readonly below: RankedBaseline | null;
}

const ALPHA = 0.05;

/** @param grid null for the run alone. @returns null if no two arms can be compared */
export function storyFacts(record: RunRecord, grid: GridRuns | null): StoryFacts | null {
  const comparison = comparisonOf(record, null);
  if (comparison === null) return null;
  const compared = [comparison.treatment, comparison.control];
  return grid !== null && compared.every(({ arm }) => grid.arms.has(arm.id))
    ? overRuns(record, comparison, grid)
    : ofOneRun(record, comparison);
}

function ofOneRun(record: RunRecord, comparison: ArmComparison): StoryFacts {
  const { control, treatment, others, attended, measure, k } = comparison;
  const facts = ({ arm, evaluation }: ArmComparison['control']): ArmFacts => ({
    arm,
    ...keptBy(record, evaluation, attended.find((one) => one.arm.id === arm.id)?.evaluation ?? null),
  });
  const at = comparedAtKs(record, measure, treatment, control);
  const ranking = (): RankingFacts => {
    const { form, lead } = leadOf(at, k);
    const { low, high } = lead;
    const interval = low === null || high === null ? null : ([low, high] as const);
    return { form, k: lead.k, pool: measure.id === 'pool-hr', own: lead.own, other: lead.other, interval };
  };
  return {
    runs: 1,
    control: facts(control),
    treatment: facts(treatment),
    others: others.map(facts),
    ranking: at.some((of) => of.k === k) ? ranking() : null,
    training: trainingFacts(record, comparison, null),
    below: comparison.beside.bothBelow[0] ?? null,
  };
}

/** What one arm did, by an evaluation of its language and one of its attention. */
export function keptBy(record: RunRecord, evaluation: Evaluation, attended: Evaluation | null): Kept {
  const moved = (reading: MeasureReading, of: Evaluation): Moved | null => {
    const [base, now] = [reading.base, reading.of(of)];
    if (base === null || now === null) return null;
    return { base, now, range: [now, now], least: reading.least, rises: moveOf(reading, base, now) === 'raises' };
  };
  return { language: moved(languageReading(record), evaluation), sinks: attended && moved(sinkReading(record), attended) };
}

function overRuns(record: RunRecord, comparison: ArmComparison, grid: GridRuns): StoryFacts {
  const { control, treatment, others, measure, k } = comparison;
  const known = others.filter(({ arm }) => grid.arms.has(arm.id));
  const facts = ({ arm }: ArmComparison['control']): ArmFacts => ({ arm, ...keptOverRuns(record, grid, arm.id) });
  const hits = (id: string): BySeed => valuesBySeed(grid, id, (values) => values[rankingAt(measure, 'all', k).id] ?? null);
  const [own, other] = [hits(treatment.arm.id), hits(control.arm.id)];
  const differences = differencesOverSeeds(own, other);
  const ranking = (): RankingFacts => {
    // Over users as well where they are known, as in the tables of findings.
    const isKnown = control.arm.id === grid.first && measure.id === 'hr' && k === 10;
    const known = isKnown ? grid.fromFirst.get(treatment.arm.id) : undefined;
    const estimate = known ?? meanOverSeeds(differences);
    const apart = estimate !== null && pOf(estimate) < ALPHA;
    return {
      form: !apart ? 'alike' : estimate.mean > 0 ? 'better' : 'worse',
      ...{ k, pool: measure.id === 'pool-hr', own: mean([...own.values()]), other: mean([...other.values()]) },
      interval: estimate && intervalOf(estimate),
    };
  };
  return {
    runs: grid.runs,
    control: facts(control),
    treatment: facts(treatment),
    others: known.map(facts),
    ranking: differences.length < 2 ? null : ranking(),
    training: trainingFacts(record, comparison, [...other.values()]),
    below: comparison.beside.bothBelow[0] ?? null,
  };
}

function valuesBySeed({ arms }: GridRuns, id: string, of: (values: FinalValues) => number | null): BySeed {
  return new Map(
    [...(arms.get(id) ?? [])].flatMap(([seed, values]) => {
      const value = of(values);
      return value === null ? [] : [[seed, value] as const];
    }),
  );
}

function keptOverRuns(record: RunRecord, grid: GridRuns, id: string): Kept {
  const moved = (reading: MeasureReading): Moved | null => {
    const base = reading.from(grid.base);
    const values = [...valuesBySeed(grid, id, reading.from).values()];
    if (base === null || values.length < 2) return null;
    const { mean: now, low } = meanInterval(values);
    const rises = moveOf(reading, base, now) === 'raises' && low !== null && low > base;
    return { base, now, range: [Math.min(...values), Math.max(...values)], least: reading.least, rises };
  };
  return { language: moved(languageReading(record)), sinks: moved(sinkReading(record)) };
}

/** @param overRuns the control's shares of hits in all runs; null for the run alone */
function trainingFacts(
  record: RunRecord,
  { control, measure, k }: ArmComparison,
  overRuns: readonly number[] | null,
): TrainingFacts | null {
  const { population } = control.evaluation;
  const shareOf = (id: (typeof BASELINES)[number]['id'], of: RankingMeasure): number | null => {
    const ranked = record.baselines[id]?.[population];
    return ranked === undefined ? null : of.of(ranked, 'all', k);
  };
  const baselines = BASELINES.flatMap(({ id, name }) => {
    const share = shareOf(id, measure);
    return share === null ? [] : [{ id, name, share }];
  });
  const start = baselines.find(({ id }) => id === 'start');
  const ranked = record.baselines.start?.[population];
  if (start === undefined || ranked === undefined) return null;
  const found = pairedWithBaseline(control.evaluation, ranked, k, measure);
  if (found === null) return null;
  const best = baselines.reduce((most, one) => (one.share > most.share ? one : most), start);
  const gain = (overRuns === null ? hitRate(control, measure, k) : mean(overRuns)) - start.share;
  const p =
    overRuns === null
      ? found.p
      : unpairedP(gain, [{ error: standardError(overRuns) ?? 0, df: overRuns.length - 1 }, halfWidthError(found)]);
  return { gain, sign: p < ALPHA ? (gain > 0 ? 1 : -1) : 0, best };
}
