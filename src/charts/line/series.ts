import type { ArmMark } from '../marks/armMark';

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** What the point belongs to, whatever x shows: its training step, or its K. Points of one key are read together. */
  readonly key: number;
  /** 95 % interval of y. */
  readonly low?: number;
  readonly high?: number;
  /** Users (or probes) behind y. */
  readonly n?: number;
}

/** What a point shows, wherever it stands on x. */
export type PointValue = Omit<LinePoint, 'x' | 'key'>;

export interface LineSeries {
  readonly id: string;
  readonly label: string;
  readonly mark: ArmMark;
  readonly points: readonly LinePoint[];
  /** The trace before smoothing, drawn faint underneath. */
  readonly raw?: readonly LinePoint[];
  /** Single seeds behind a mean, drawn faint underneath. */
  readonly traces?: readonly (readonly LinePoint[])[];
  /** Draw intervals as a band however few points there are. */
  readonly banded?: boolean;
  /** Points on another population: drawn as open markers and joined to nothing. */
  readonly apart?: readonly LinePoint[];
  /** Whether points are drawn as markers; off for one-a-step traces. */
  readonly markers: boolean;
}

/** A level to compare with: a baseline, or the base model. */
export interface ReferenceLine {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly dash: string;
}

/**
 * Exponential moving average, corrected for its start: s_t = Σ β^{t−i} y_i / Σ β^{t−i}.
 * @param beta 0 leaves the values as they are
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
