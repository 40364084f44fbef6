import { useId, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { inEnglish, t } from '../../words/words';
import { Axes } from '../axes/Axes';
import { Brush } from '../brush/Brush';
import { useBrush } from '../brush/useBrush';
import { useChartData } from '../export/chartData';
import { Marks } from '../marks/Marks';
import { pointerIn, unlessLifted } from '../pointer';
import { nearestPoint, neighbourPoint, pointsWithin, type ScatterPlot } from './scatterPlot';
import styles from './ScatterChart.module.css';

export interface ScatterChartProps {
  readonly name: () => string;
  readonly plot: ScatterPlot;
  readonly width: number;
  readonly xLabel: () => string;
  readonly yLabel: () => string;
  /** The selected point, here or in a chart of the same points. */
  readonly hovered: number | null;
  readonly onHover: (point: number | null) => void;
  /** Points that were picked. */
  readonly picked?: ReadonlySet<number>;
  /**
   * Called with the points inside a rectangle that was drawn, or with the one that Space was pressed on;
   * without it nothing is picked.
   * @param also whether they are added to those picked, or taken from them if all are
   */
  readonly onPick?: (points: readonly number[], also: boolean) => void;
}

/**
 * Points in a square plane; pointing at one, or the arrow keys, read it; a drawn rectangle, or Space, picks.
 */
export function ScatterChart({ name, plot, width, xLabel, yLabel, hovered, onHover, picked, onPick }: ScatterChartProps) {
  const help = useId();
  const { area, axes, panel, pixels } = plot;
  const frame = useRef<HTMLDivElement>(null);
  useChartData(frame, {
    kind: 'scatter',
    ...inEnglish(() => ({ name: name(), xLabel: xLabel(), yLabel: yLabel() })),
    ...plot.of,
  });
  const brush = useBrush(
    onPick &&
      ((drawn, { shiftKey }) => {
        onPick(pointsWithin(pixels, drawn), shiftKey);
      }),
  );
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    if (brush.onPointerMove(event)) return;
    const { x, y } = pointerIn(event);
    onHover(nearestPoint(pixels, x, y));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === ' ' && onPick && hovered !== null) {
      event.preventDefault();
      event.stopPropagation();
      onPick([hovered], true);
      return;
    }
    const move = ({ ArrowLeft: -1, ArrowRight: 1 } as const)[event.key];
    if (move === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    onHover(move === undefined ? null : neighbourPoint(pixels, hovered, move));
  };
  const leave = () => {
    onHover(null);
  };
  return (
    <div ref={frame} role="group" aria-label={name()} aria-describedby={help} tabIndex={0} onKeyDown={onKeyDown} onBlur={leave}>
      <span id={help} className="visually-hidden">
        {t('Left and right arrow keys move over the points.')}
        {onPick && ` ${t('Space picks the user that is read.')}`}
      </span>
      <svg
        className={styles.chart}
        width={width}
        height={plot.height}
        viewBox={`0 0 ${width} ${plot.height}`}
        aria-hidden="true"
        onPointerMove={onPointerMove}
        data-picks={onPick !== undefined}
        onPointerDown={(event) => {
          brush.onPointerDown(event);
          onPointerMove(event);
        }}
        {...brush.ends}
        onPointerLeave={unlessLifted(leave)}
      >
        <Axes width={width} area={area} {...axes} xLabel={xLabel()} yLabel={yLabel()} />
        <Marks panel={panel} area={area} axes={axes} />
        {[...(picked ?? [])].map((point) => (
          <circle key={point} className={styles.picked} cx={pixels[2 * point]} cy={pixels[2 * point + 1]} r={5} />
        ))}
        {brush.drawn && <Brush {...brush.drawn} />}
        {hovered !== null && hovered * 2 < pixels.length && (
          <circle className={styles.ring} cx={pixels[2 * hovered]} cy={pixels[2 * hovered + 1]} r={7} />
        )}
      </svg>
    </div>
  );
}
