import { useRef } from 'react';
import { inEnglish } from '../../words/words';
import { useChartData } from '../export/chartData';
import { ForestDrawing } from './ForestDrawing';
import type { ForestRow } from '../../scene/charts/forest';
import { layOutForest, type ForestSize } from './forestPlot';

interface ForestPlotProps extends ForestSize {
  readonly title: () => string;
  readonly rows: readonly ForestRow[];
  /** What the drawing says, in words. */
  readonly description: string;
}

export function ForestPlot({ title, rows, description, ...size }: ForestPlotProps) {
  const layout = layOutForest({ name: title(), rows }, size);
  const frame = useRef<SVGSVGElement>(null);
  useChartData(frame, { kind: 'forest', name: inEnglish(title), rows });
  return (
    <svg
      ref={frame}
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="img"
      aria-label={description}
    >
      <ForestDrawing layout={layout} />
    </svg>
  );
}
