/** What a reader may choose to see of a record: the part of the view that readings depend on and that a link carries. */
import type { RankingMeasureId } from '../measures/entries';
import type { SinkMeasureId } from '../measures/entries/sinks';
import type { RankedSplit } from '../measures/measure';
import type { TermId } from '../recipe/terms';

export type Theme = 'auto' | 'light' | 'dark';
export const X_AXES = ['step', 'examples', 'seconds'] as const;
export type XAxis = (typeof X_AXES)[number];
export type Split = RankedSplit;
export type LossTerm = 'total' | 'action' | TermId | 'gradNorm' | 'learningRate';
/** The view beside the recipe. */
export const CENTRES = ['figure', 'inspector', 'runs', 'grid', 'learn'] as const;
export type Centre = (typeof CENTRES)[number];

/** What a link says about the view. */
export interface LinkableView {
  readonly centre: Centre;
  /** Counted from 0. */
  readonly layer: number;
  readonly head: number;
  readonly probe: number;
  /** A recorded step, or null to follow the latest. */
  readonly step: number | null;
  /** The measure of the ranking. */
  readonly measure: RankingMeasureId;
  readonly k: number;
  readonly split: Split;
  readonly gridMeasure: SinkMeasureId;
  readonly xAxis: XAxis;
  /** Arms that figures and verdict show, by ID; null for all. */
  readonly arms: readonly string[] | null;
  /** Users picked in the plane of embeddings, by their place there; null for all. */
  readonly users: readonly number[] | null;
}
