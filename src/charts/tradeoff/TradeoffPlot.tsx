import { Axes } from '../axes/Axes';
import { axesOnPage } from '../axes/axesOnPage';
import { Marks } from '../marks/Marks';
import { tradeoffPanel, type TradeoffLine } from '../../scene/charts/tradeoff';
import type { Point } from '../../scene/scene';

interface TradeoffPlotProps {
  readonly lines: readonly TradeoffLine[];
  readonly front: readonly Point[];
  readonly x: string;
  readonly y: string;
  /** What the drawing says, in words. */
  readonly description: string;
}

const SIZE = { width: 420, height: 300 };
const AREA = { left: 44, top: 12, right: SIZE.width - 12, bottom: SIZE.height - 38 };

/** Arms in the plane of ranking and language. */
export function TradeoffPlot({ lines, front, x, y, description }: TradeoffPlotProps) {
  const panel = tradeoffPanel(lines, front, { x, y });
  const axes = axesOnPage(panel, AREA, 6);
  return (
    <svg viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={description}>
      <Axes area={AREA} {...axes} xLabel={panel.x.label} yLabel={panel.y.label} />
      <Marks panel={panel} area={AREA} axes={axes} />
    </svg>
  );
}
