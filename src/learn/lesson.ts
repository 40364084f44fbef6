/** A lesson: a small declarative file. docs/lessons.md describes every field for authors. */
import type { SinkMeasureId } from '../measures/entries/sinks';
import type { MeasureId, RankingMeasureId } from '../measures/entries';
import type { RankedSplit } from '../measures/measure';
import type { PresetId } from '../recipe/presets';
import type { RecordedId } from '../recipe/recordedFiles';
import type { RunSpec } from '../recipe/runSpec';
import type { Predicate } from './evidence';
import type { Paragraph, LessonWords } from './words';

/** Parts of the research views that a step can show; the page draws them with the same components. */
export const PANELS = [
  'verdict',
  'texts',
  'attention',
  'ranking',
  'rankingOverK',
  'losses',
  'collapse',
  'spectra',
  'plane',
  'layers',
  'readings',
  'fidelity',
  'audit',
  'sweep',
] as const;
export type PanelId = (typeof PANELS)[number];

/**
 * The settings of the figure beside a step. Defaults are as when a run opens: the latest step, the head where
 * the arms differ most.
 */
export interface FigureState {
  readonly panels: readonly PanelId[];
  /** The recorded run; none for a step that shows only the sweep. */
  readonly run?: RecordedId;
  /** Arms of the run and of the sweep that are shown; default: all. */
  readonly arms?: readonly string[];
  /** Counted from 0. */
  readonly layer?: number;
  readonly head?: number;
  /** Index of the recorded history, counted from 0. */
  readonly history?: number;
  readonly step?: number;
  /**
   * Index, in the recipe, of the prompt whose texts come first; default: the one on which the arms differ
   * most.
   */
  readonly prompt?: number;
  /** K of rankings. */
  readonly measure?: RankingMeasureId;
  readonly k?: number;
  readonly split?: RankedSplit;
  /** The table under the attention maps, by layer and head. */
  readonly gridMeasure?: SinkMeasureId;
  /** Charts of collapse that are drawn; default: all. */
  readonly charts?: readonly MeasureId[];
  /** Whether to offer playing the recorded steps. */
  readonly play?: boolean;
}

/** One option of a question. */
export interface QuestionOption {
  readonly text: LessonWords;
  /** For questions about the run: whether the run says so. */
  readonly right: boolean | Predicate;
  /** The response to choosing it. */
  readonly answer: Paragraph;
}

export interface LessonQuestion {
  /** Unique in its lesson. */
  readonly id: string;
  readonly asks: LessonWords;
  readonly options: readonly QuestionOption[];
}

/** A curve over the steps of a run, or over the axis of the sweep. */
export interface CurvePrediction {
  readonly kind: 'curve';
  readonly asks: LessonWords;
  readonly over: 'steps' | 'sweep';
  /** The arm, for curves over steps. */
  readonly run?: RecordedId;
  readonly arm: string;
  /** A measure by its ID: `firstHalfSinkRate`, `hr@10`. */
  readonly measure: string;
  /** Explanation of the measured curve. */
  readonly why: LessonQuestion;
}

/** The differences of single seeds, to be placed. */
export interface SeedsPrediction {
  readonly kind: 'seeds';
  readonly asks: LessonWords;
  readonly treatment: string;
  readonly control: string;
  /** Value of the sweep's axis. */
  readonly at: 'largest' | 'smallest' | number;
  readonly measure: string;
  readonly why: LessonQuestion;
}

/** A choice among several, before the figure shows it. */
export interface PickPrediction {
  readonly kind: 'pick';
  readonly question: LessonQuestion;
}

export type LessonPrediction = CurvePrediction | SeedsPrediction | PickPrediction;

/** What a reader can try on a machine with WebGPU. */
export interface Offer {
  readonly says: LessonWords;
  readonly button: string;
  /** The view, or a recipe that is put on the page. */
  readonly opens: 'inspector' | { readonly preset: PresetId; readonly spec: RunSpec };
}

export interface LessonStep {
  /** Unique in its lesson. */
  readonly id: string;
  readonly title: string;
  readonly says: readonly Paragraph[];
  readonly figure: FigureState;
  /** Asked before the figure is shown; `says` must not give it away. */
  readonly predict?: LessonPrediction;
  /** Shown once the figure is there; after the prediction, if there is one. */
  readonly then?: readonly Paragraph[];
  readonly check?: LessonQuestion;
  /** Shown last, and only where WebGPU is. */
  readonly offer?: Offer;
}

export const LESSON_IDS = ['sink', 'collapse', 'fair', 'text', 'seeds', 'outside', 'embedding', 'log'] as const;
export type LessonId = (typeof LESSON_IDS)[number];

export interface Lesson {
  readonly id: LessonId;
  readonly title: string;
  readonly minutes: number;
  /** Suggested next steps. */
  readonly goals: readonly LessonWords[];
  readonly steps: readonly LessonStep[];
  /** One sentence. */
  readonly takeAway: Paragraph;
  readonly challenge: LessonWords;
}

/** Whether an option is right in the evidence; null if unknown. */
export function isRight({ right }: QuestionOption, evidence: Parameters<Predicate>[0]): boolean | null {
  return typeof right === 'boolean' ? right : right(evidence);
}

/** Recorded runs that a lesson shows or mentions, in the order in which its steps need them. */
export function runsOf({ steps }: Pick<Lesson, 'steps'>): RecordedId[] {
  const named = steps.flatMap(({ figure, predict }) => [
    figure.run,
    predict?.kind === 'curve' && predict.over === 'steps' ? predict.run : undefined,
  ]);
  return [...new Set(named.filter((run) => run !== undefined))];
}

/** Whether a lesson needs the finding over learning rates. */
export function needsSweep({ steps }: Pick<Lesson, 'steps'>): boolean {
  return steps.some(
    ({ figure, predict }) =>
      figure.panels.includes('sweep') || predict?.kind === 'seeds' || (predict?.kind === 'curve' && predict.over === 'sweep'),
  );
}
