import { t } from '../../../words/words';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { Axes } from '../../../charts/axes/Axes';
import { pointerIn } from '../../../charts/pointer';
import { useWidth } from '../../../charts/axes/useWidth';
import { drawAt, inRange, keyStep, sliderText, type DrawnCurve, type MeasuredCurve } from '../../../learn/curve';
import { MeasuredLine } from './DrawingParts';
import { layOutCurve } from './drawingLayout';
import styles from './Learn.module.css';

interface CurveDrawingProps {
  readonly curve: MeasuredCurve;
  readonly drawn: DrawnCurve;
  readonly onDraw: (drawn: DrawnCurve) => void;
  /** Draws the measured curve over the drawn one, which is then fixed. */
  readonly revealed: boolean;
}

const HEIGHT = 300;

/** An empty chart to draw a curve on: with a pointer, or point by point with the arrow keys. */
export function CurveDrawing({ curve, drawn, onDraw, revealed }: CurveDrawingProps) {
  const { points, given, range, arm } = curve;
  const [frame, width] = useWidth<HTMLDivElement>();
  const [focused, setFocused] = useState(given ? 1 : 0);
  const marks = useRef<(SVGGElement | null)[]>([]);
  const layout = layOutCurve(curve, width, HEIGHT);
  const { area, x, y, axes, path } = layout;
  const xs = points.map(({ x: at }) => at);
  const first = given ? 1 : 0;

  const set = (index: number, value: number) => {
    if (revealed || index < first) return;
    onDraw(drawAt(drawn, index, inRange(range, value)));
  };
  const onPointer = (event: PointerEvent<SVGSVGElement>) => {
    if (revealed || (event.type === 'pointermove' && event.buttons === 0)) return;
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    const at = pointerIn(event);
    const distances = xs.map((value) => Math.abs(x(value) - at.x));
    const nearest = distances.indexOf(Math.min(...distances));
    set(nearest, y.invert(at.y));
    setFocused(Math.max(first, nearest));
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: first, End: points.length - 1 }[event.key];
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (to === undefined && by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to !== undefined) {
      const next = Math.max(first, Math.min(points.length - 1, to));
      setFocused(next);
      marks.current[next]?.focus();
    }
    if (by !== undefined) {
      const before = drawn.slice(0, index + 1).findLast((one) => one !== null);
      set(index, (before ?? range[0]) + by * keyStep(range));
    }
  };

  const own = points.flatMap(({ x: at }, i) => (drawn[i] === null || drawn[i] === undefined ? [] : [{ x: at, y: drawn[i] }]));
  const end = own.at(-1);
  const measuredEnd = points.at(-1)!;
  // Labels at the right edge are spread apart.
  const [ownAt, measuredAt] = revealed ? apart(end ? y(end.y) : area.top, y(measuredEnd.y)) : [end ? y(end.y) : 0, 0];
  return (
    <div
      ref={frame}
      className={styles.drawing}
      role="group"
      aria-label={t('Your curve of {measure} for {arm}', { measure: curve.yLabel, arm: arm.label })}
    >
      {width > 0 && (
        <svg
          width={width}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          height={HEIGHT}
          data-drawable={!revealed}
          onPointerDown={onPointer}
          onPointerMove={onPointer}
          aria-hidden={revealed || undefined}
        >
          <Axes {...axes} />
          {revealed && <MeasuredLine curve={curve} layout={layout} labelAt={measuredAt} />}
          <path className={styles.own} d={path(own)} />
          {end && (
            <text className={styles.curveLabel} x={x(end.x) + 8} y={ownAt} dy="0.32em">
              {t('you')}
            </text>
          )}
          {points.map((point, i) => {
            const value = drawn[i] ?? null;
            const at = value ?? range[0];
            if (i < first || revealed) {
              return value === null ? null : (
                <circle key={point.x} className={styles.ownPoint} cx={x(point.x)} cy={y(at)} r={3} />
              );
            }
            return (
              <g
                key={point.x}
                ref={(element) => {
                  marks.current[i] = element;
                }}
                role="slider"
                className={styles.handle}
                data-set={value !== null}
                tabIndex={i === focused ? 0 : -1}
                aria-label={t('{measure} at {place}', { measure: curve.yLabel, place: point.label })}
                aria-orientation="vertical"
                aria-valuemin={range[0]}
                aria-valuemax={range[1]}
                aria-valuenow={at}
                aria-valuetext={sliderText(curve, i, value)}
                onFocus={() => {
                  setFocused(i);
                }}
                onKeyDown={(event) => {
                  onKeyDown(event, i);
                }}
              >
                <circle className={styles.halo} cx={x(point.x)} cy={y(at)} r={11} />
                <circle className={styles.ownPoint} cx={x(point.x)} cy={y(at)} r={4} />
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

const GAP = 13;

/** Two label positions that do not overlap. */
function apart(a: number, b: number): readonly [number, number] {
  if (Math.abs(a - b) >= GAP) return [a, b];
  const middle = (a + b) / 2;
  return a <= b ? [middle - GAP / 2, middle + GAP / 2] : [middle + GAP / 2, middle - GAP / 2];
}
