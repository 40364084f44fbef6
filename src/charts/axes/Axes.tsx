import type { SVGAttributes } from 'react';
import { characters } from '../../scene/characters';
import type { Box } from '../../scene/drawing';
import type { Tick } from '../../scene/ticks';

/** Plot area inside an SVG, in pixels. */
export type PlotArea = Box;

export interface AxesProps {
  readonly area: PlotArea;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Of the drawing; a longer title is condensed to it. */
  readonly width?: number;
  /** Whether the grid is at the x ticks, as beside rows, rather than at the y ticks. */
  readonly upright?: boolean;
}

/** Pixels that a small letter of a title takes. */
const LETTER = 6.2;

/** Fits a title into the drawing: in some languages it is longer than a phone is wide. */
function condensed(title: string, width: number): SVGAttributes<SVGTextElement> {
  return LETTER * characters(title) <= width ? {} : { textLength: width, lengthAdjust: 'spacingAndGlyphs' };
}

/**
 * Hairline grid, tick labels, axis titles with their units. All styles are attributes, so that it looks the
 * same outside the page.
 */
export function Axes({ area, xTicks, yTicks, xLabel, yLabel, width = Infinity, upright = false }: AxesProps) {
  const { left, right, top, bottom } = area;
  return (
    <g aria-hidden="true" fontSize="11" fill="var(--ink-2)" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {yTicks.map(({ value, at, label }) => (
        <g key={value} transform={`translate(0 ${at})`}>
          {!upright && <line x1={left} x2={right} stroke="var(--hair)" />}
          <text x={left - 6} dy="0.32em" textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      <line x1={left} x2={right} y1={bottom} y2={bottom} stroke="var(--hair-strong)" />
      {xTicks.map(({ value, at, label }) => (
        <g key={value} transform={`translate(${at} ${bottom})`}>
          {upright && <line y1={top - bottom} stroke="var(--hair)" />}
          <line y2={4} stroke="var(--hair-strong)" />
          <text y={15} textAnchor="middle">
            {label}
          </text>
        </g>
      ))}
      <text x={right} y={bottom + 28} textAnchor="end">
        {xLabel}
      </text>
      <text x={2} y={top - 10} {...condensed(yLabel, width - 2)}>
        {yLabel}
      </text>
    </g>
  );
}
