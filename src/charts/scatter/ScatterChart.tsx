import { useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { Axes } from '../axes/Axes';
import { useChartData } from '../export/chartData';
import { pointerIn, unlessLifted } from '../pointer';
import { nearestPoint, neighbourPoint, pointsWithin, type Rectangle, type ScatterPlot } from './scatterPlot';
import styles from './ScatterChart.module.css';

export interface ScatterChartProps {
  readonly name: string;
  readonly plot: ScatterPlot;
  readonly width: number;
  readonly xLabel: string;
  readonly yLabel: string;
  /** The selected point, here or in a chart of the same points. */
  readonly hovered: number | null;
  readonly onHover: (point: number | null) => void;
  /** Points that were picked. */
  readonly picked?: ReadonlySet<number>;
  /**
   * Called with the points inside a rectangle that was drawn, or with the one that Space was pressed on; without it nothing is picked.
   * @param also whether they are added to those picked, or taken from them if all are
   */
  readonly onPick?: (points: readonly number[], also: boolean) => void;
}

/** Pixels that a pointer moves before it draws a rectangle. */
const LEAST = 6;

/** Points in a square plane; pointing at one, or the arrow keys, read it; a drawn rectangle, or Space, picks. */
export function ScatterChart({ name, plot, width, xLabel, yLabel, hovered, onHover, picked, onPick }: ScatterChartProps) {
  const help = useId();
  const { area, pixels } = plot;
  const frame = useRef<HTMLDivElement>(null);
  useChartData(frame, { kind: 'scatter', name, xLabel, yLabel, ...plot.of });
  const from = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const [drawn, setDrawn] = useState<Rectangle | null>(null);
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const { x, y } = pointerIn(event);
    if (from.current !== null && (drawn !== null || Math.hypot(x - from.current.x, y - from.current.y) > LEAST)) {
      if (drawn === null) event.currentTarget.setPointerCapture(event.pointerId);
      setDrawn({
        left: Math.min(x, from.current.x),
        right: Math.max(x, from.current.x),
        top: Math.min(y, from.current.y),
        bottom: Math.max(y, from.current.y),
      });
      return;
    }
    onHover(nearestPoint(pixels, x, y));
  };
  const onPointerUp = (event: PointerEvent<SVGSVGElement>) => {
    from.current = null;
    setDrawn(null);
    if (drawn) onPick?.(pointsWithin(pixels, drawn), event.shiftKey);
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
    <div ref={frame} role="group" aria-label={name} aria-describedby={help} tabIndex={0} onKeyDown={onKeyDown} onBlur={leave}>
      <span id={help} className="visually-hidden">
        Left and right arrow keys move over the points.{onPick && ' Space picks the user that is read.'}
      </span>
      <svg
        className={styles.chart}
        width={width}
        height={plot.height}
        aria-hidden="true"
        onPointerMove={onPointerMove}
        data-picks={onPick !== undefined}
        onPointerDown={(event) => {
          if (onPick && event.button === 0) from.current = pointerIn(event);
          onPointerMove(event);
        }}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          from.current = null;
          setDrawn(null);
        }}
        onPointerLeave={unlessLifted(leave)}
      >
        <Axes area={area} xTicks={plot.xTicks} yTicks={plot.yTicks} xLabel={xLabel} yLabel={yLabel} />
        {plot.paths.map(({ of, d }) => (
          <path key={of.id} className={of.open ? styles.open : styles.filled} style={{ color: of.colour }} d={d} />
        ))}
        {[...(picked ?? [])].map((point) => (
          <circle key={point} className={styles.picked} cx={pixels[2 * point]} cy={pixels[2 * point + 1]} r={5} />
        ))}
        {drawn && (
          <rect
            className={styles.brush}
            x={drawn.left}
            y={drawn.top}
            width={drawn.right - drawn.left}
            height={drawn.bottom - drawn.top}
          />
        )}
        {hovered !== null && hovered * 2 < pixels.length && (
          <circle className={styles.ring} cx={pixels[2 * hovered]} cy={pixels[2 * hovered + 1]} r={7} />
        )}
      </svg>
    </div>
  );
}
