/** A causal attention map, or the difference of two, with the names of its positions down the diagonal. */
import { attentionRamp, differenceRamp } from '../marks/ramp';
import type { Axis, ColourKey, ScenePanel } from '../scene';
import { LOG_FLOOR, weightPosition } from './mapPixels';

export interface MapData {
  readonly kind: 'map';
  readonly name: string;
  /** One per position. */
  readonly labels: readonly string[];
  /** Positions whose labels take precedence if not all fit. */
  readonly important: readonly number[];
  /**
   * [T, T], 0 to 1; −1 to 1 for a difference. Entries above the diagonal are ignored. Computed only for
   * printing.
   */
  readonly values: () => Float32Array;
  /** For a difference, the limit of its colours; null for weights. */
  readonly limit: number | null;
  /** Whether the colour is the logarithm of the weight. */
  readonly log: boolean;
}

export function mapPanel({ name, labels, important, values, limit, log }: MapData): ScenePanel {
  const length = labels.length;
  const ramp = limit === null ? attentionRamp('light') : differenceRamp('light');
  const known = Array.from(values(), (value, at) => (at % length > Math.floor(at / length) ? null : value));
  const place = (value: number): number => (limit === null ? weightPosition(value, log) : 0.5 + value / (2 * limit));
  const places = known.map((value) => (value === null ? null : Math.max(0, Math.min(1, place(value)))));
  const axis: Axis = { label: '', kind: 'linear', domain: [0, length], ticks: [], format: String, bare: true };
  return {
    ...{ name, x: axis, y: { ...axis, down: true } },
    marks: [{ series: name, kind: 'cells', columns: length, places, values: known, ramp }],
    colours: { ramp, ...scaleOf(limit, log) },
    diagonal: { labels, important },
    shape: { ratio: 1 },
  };
}

function scaleOf(limit: number | null, log: boolean): Omit<ColourKey, 'ramp'> {
  if (limit !== null) return { label: 'difference of weights', ticks: [`−${limit}`, '0', `+${limit}`] };
  return log
    ? { label: 'attention, log', ticks: [LOG_FLOOR.toFixed(3), '0.06', '1'] }
    : { label: 'attention', ticks: ['0', '0.5', '1'] };
}
