import type { ArmMark } from '../marks/armMark';
import type { Labelled } from '../marks/label';

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /**
   * What the point belongs to, whatever x shows: its training step, or its K. Points with the same key are
   * read together.
   */
  readonly key: number;
  /** 95 % interval of y. */
  readonly low?: number;
  readonly high?: number;
  /** Users (or probes) behind y. */
  readonly n?: number;
}

/** The value of a point, wherever it is on x. */
export type PointValue = Omit<LinePoint, 'x' | 'key'>;

export interface LineSeries extends Labelled {
  readonly id: string;
  readonly mark: ArmMark;
  readonly points: readonly LinePoint[];
  /** The trace before smoothing, drawn faintly behind. */
  readonly raw?: readonly LinePoint[];
  /** Single seeds of a mean, drawn faintly behind. */
  readonly traces?: readonly (readonly LinePoint[])[];
  /** Whether to draw intervals as a band, however few points there are. */
  readonly banded?: boolean;
  /** Points on another population: drawn as open markers and joined to nothing. */
  readonly apart?: readonly LinePoint[];
  /** Whether points are drawn as markers; off for traces with a point per step. */
  readonly markers: boolean;
}

/** A reference level: a baseline, or the base model. */
export interface ReferenceLine extends Labelled {
  readonly id: string;
  readonly value: number;
  readonly dash: string;
}

/**
 * Exponential moving average, with bias correction: s_t = Σ β^{t−i} y_i / Σ β^{t−i}.
 * @param beta 0 leaves the values unchanged
 */
export function smooth(values: readonly number[], beta: number): number[] {
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    sum = beta * sum + (1 - beta) * value;
    weight = beta * weight + (1 - beta);
    return sum / weight;
  });
}
