import { useRef } from 'react';
import { inEnglish } from '../../words/words';
import { useChartData } from '../export/chartData';
import { SweepDrawing } from './SweepDrawing';
import type { SweepChartLine } from '../../scene/charts/sweep';
import { layOutSweep, type SweepSize } from './sweepPlot';

interface SweepPlotProps {
  readonly title: () => string;
  readonly lines: readonly SweepChartLine[];
  readonly axis: () => string;
  readonly base: number | null;
  /** Height of the drawing, which takes the available width. */
  readonly size: SweepSize;
  /** What the drawing says, in words. */
  readonly description: string;
}

export function SweepPlot({ title, lines, axis, base, size, description }: SweepPlotProps) {
  const frame = useRef<SVGSVGElement>(null);
  useChartData(frame, { kind: 'sweep', lines, base, ...inEnglish(() => ({ name: title(), axis: axis() })) });
  return (
    <svg ref={frame} viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={description}>
      <SweepDrawing layout={layOutSweep({ name: title(), axis: axis(), lines, base }, size)} />
    </svg>
  );
}
