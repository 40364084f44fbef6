import { t } from '../../../../words/words';
import { LineChart, type LineChartProps } from '../../../../charts/line/LineChart';
import type { XRange } from '../../../../scene/charts/range';
import type { RunSpec } from '../../../../recipe/runSpec';
import { count } from '../../../../readings/format';
import { setView, useView } from '../../../state/view/view';
import { cursorX, formatX, X_LABELS } from '../../../../readings/series/xAxis';

type Shared = 'xKind' | 'formatX' | 'xLabel' | 'hovered' | 'onHover' | 'cursor' | 'reach' | 'describeKey' | 'range' | 'onZoom';

interface TrainingChartProps extends Omit<LineChartProps, Shared> {
  readonly training: RunSpec['training'];
  /**
   * A step at which the cursor stays and values are read, whether or not the view follows the latest;
   * default: none.
   */
  readonly at?: number | null;
}

/**
 * A line chart over training. All of them share x axis, the part of it that is shown, displayed step and
 * hovered step. Only the charts listen to the hovered step, so that a pointer over one of them does not
 * recompute series and sentences of every panel.
 */
export function TrainingChart({ training: { steps, batchSize }, at = null, ...chart }: TrainingChartProps) {
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const hovered = useView((view) => view.hoveredStep);
  const range = useXRange();
  return (
    <LineChart
      {...chart}
      xKind="linear"
      formatX={formatX(axis)}
      xLabel={() => t(X_LABELS[axis])}
      hovered={hovered ?? at}
      onHover={(hoveredStep) => {
        setView({ hoveredStep });
      }}
      cursor={cursorX(at ?? step, axis, batchSize)}
      reach={cursorX(steps, axis, batchSize)}
      describeKey={(key) => t('step {step}', { step: count(key) })}
      range={range}
      onZoom={(next) => {
        setView({ xRange: next && { axis, range: next } });
      }}
    />
  );
}

/** The part of the x axis that all charts over training show; null for all of it. */
export function useXRange(): XRange | null {
  return useView(({ xAxis, xRange }) => (xRange?.axis === xAxis ? xRange.range : null));
}
