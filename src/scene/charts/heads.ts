/** A share by layer and head, or the difference of two, as a table of coloured cells with their numbers. */
import { differenceRamp } from '../marks/ramp';
import type { Axis, Mark, ScenePanel } from '../scene';
import { compactShareText } from './headLayout';

export interface HeadsData {
  readonly kind: 'heads';
  readonly name: string;
  /** [layer][head] */
  readonly values: readonly (readonly number[])[];
  readonly sink: boolean;
  /** Whether values are differences, −1 to 1. */
  readonly difference: boolean;
}

export function headsPanel({ name, values, sink, difference }: HeadsData): ScenePanel {
  const columns = values[0]?.length ?? 0;
  const axis = (label: string, end: number): Axis => ({
    ...{ label, kind: 'linear', domain: [0, end], format: String },
    ticks: Array.from({ length: end }, (_, i) => ({ value: i + 0.5, label: String(i + 1) })),
  });
  const flat = values.flat();
  const places = flat.map((value) => Math.max(0, Math.min(1, difference ? (1 + value) / 2 : value)));
  const ramp = difference ? differenceRamp('light') : sink ? 'var(--sink)' : 'var(--ink-3)';
  return {
    ...{ name, x: axis('head', columns), y: { ...axis('layer', values.length), down: true } },
    marks: [
      { series: name, kind: 'cells', columns, places, values: flat, ramp },
      ...flat.map((value, i): Mark => {
        const at = [(i % columns) + 0.5, Math.floor(i / columns) + 0.5] as const;
        return { series: name, kind: 'text', at, text: compactShareText(value), colour: 'var(--ink)' };
      }),
    ],
    shape: { rows: values.length, lines: 1.6 },
  };
}
