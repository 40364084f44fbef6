/**
 * What a reader may choose to see of a record: the part of the view that readings depend on and that a link
 * carries.
 */
import type { RankingMeasureId } from '../measures/entries';
import type { SinkMeasureId } from '../measures/entries/sinks';
import type { RankedSplit } from '../measures/measure';
import { TERM_IDS, type TermId } from '../recipe/terms';

export type Theme = 'auto' | 'light' | 'dark';
export const X_AXES = ['step', 'examples', 'seconds'] as const;
export type XAxis = (typeof X_AXES)[number];
export type LossTerm = 'total' | 'action' | TermId | 'gradNorm' | 'learningRate';
export const LOSS_TERMS: readonly LossTerm[] = ['total', 'action', ...TERM_IDS, 'gradNorm', 'learningRate'];
/** Of the curves of losses, unless a reader chooses another. */
export const USUAL_SMOOTHING = 0.8;
/** The figure in the closer look. */
export const CLOSER = ['layers', 'spectra', 'plane'] as const;
export type Closer = (typeof CLOSER)[number];
/**
 * What the page shows, as links name it: the story of a run, trying another one (with the inspector in
 * sight), experiments (runs or a grid), lessons.
 */
export const CENTRES = ['figure', 'try', 'inspector', 'runs', 'grid', 'learn'] as const;
export type CentreId = (typeof CENTRES)[number];
/** The page's views, and what is shown in each: the first one when it is chosen. */
export const VIEW_CENTRES = {
  story: ['figure'],
  try: ['try', 'inspector'],
  experiments: ['runs', 'grid'],
  learn: ['learn'],
} as const satisfies Readonly<Record<string, readonly [CentreId, ...CentreId[]]>>;
export type ViewId = keyof typeof VIEW_CENTRES;

export function viewOf(centre: CentreId): ViewId {
  const found = Object.entries(VIEW_CENTRES).find(([, centres]) => centres.some((one) => one === centre));
  return found ? (found[0] as ViewId) : 'story';
}

/** What a link says about the view. */
export interface LinkableView {
  readonly centre: CentreId;
  /** Counted from 0. */
  readonly layer: number;
  readonly head: number;
  readonly probe: number;
  /** A recorded step, or null to follow the latest. */
  readonly step: number | null;
  /** The measure of the ranking. */
  readonly measure: RankingMeasureId;
  readonly k: number;
  readonly split: RankedSplit;
  readonly gridMeasure: SinkMeasureId;
  readonly xAxis: XAxis;
  /** Arms that figures and verdict show, by ID; null for all. */
  readonly arms: readonly string[] | null;
  /** Users picked in the plane of embeddings, by their place there; null for all. */
  readonly users: readonly number[] | null;
  /** Arms of the difference map, minuend first; null takes the last arm minus the first. */
  readonly difference: readonly [string, string] | null;
  readonly lossTerm: LossTerm;
  readonly smoothing: number;
  readonly closer: Closer;
}
