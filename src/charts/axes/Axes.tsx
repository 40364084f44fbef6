import type { SVGAttributes } from 'react';
import { characters } from '../../scene/characters';
import type { Tick } from '../../scene/ticks';
import styles from './Axes.module.css';

/** Plot area inside an SVG, in pixels. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface AxesProps {
  readonly area: PlotArea;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Of the drawing; a longer title is condensed to it. */
  readonly width?: number;
}

/** Pixels that a small letter of a title takes. */
const LETTER = 6.2;

/** Fits a title into the drawing: in some languages it is longer than a phone is wide. */
function condensed(title: string, width: number): SVGAttributes<SVGTextElement> {
  return LETTER * characters(title) <= width ? {} : { textLength: width, lengthAdjust: 'spacingAndGlyphs' };
}

/** Hairline grid from the y ticks, tick labels, axis titles with their units. */
export function Axes({ area, xTicks, yTicks, xLabel, yLabel, width = Infinity }: AxesProps) {
  return (
    <g className={styles.axes} aria-hidden="true">
      {yTicks.map((tick) => (
        <g key={tick.value} transform={`translate(0 ${tick.at})`}>
          <line className={styles.grid} x1={area.left} x2={area.right} />
          <text x={area.left - 6} dy="0.32em" textAnchor="end">
            {tick.label}
          </text>
        </g>
      ))}
      <line className={styles.base} x1={area.left} x2={area.right} y1={area.bottom} y2={area.bottom} />
      {xTicks.map((tick) => (
        <g key={tick.value} transform={`translate(${tick.at} ${area.bottom})`}>
          <line className={styles.base} y2={4} />
          <text y={15} textAnchor="middle">
            {tick.label}
          </text>
        </g>
      ))}
      <text className={styles.title} x={area.right} y={area.bottom + 28} textAnchor="end">
        {xLabel}
      </text>
      <text className={styles.title} x={2} y={area.top - 10} {...condensed(yLabel, width - 2)}>
        {yLabel}
      </text>
    </g>
  );
}
