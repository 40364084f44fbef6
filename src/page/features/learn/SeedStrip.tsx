import { t } from '../../../words/words';
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { pointerIn } from '../../../charts/pointer';
import { useWidth } from '../../../charts/axes/useWidth';
import { inRange, keyStep, type DrawnCurve, type SeedPlot } from '../../../learn/curve';
import { layOutSeeds } from './drawingLayout';
import { GivenSeed, MeasuredSeeds, OwnRow } from './DrawingParts';
import styles from './Learn.module.css';

interface SeedStripProps {
  readonly plot: SeedPlot;
  /** One value per seed that is not given; null if it has not been moved yet. */
  readonly placed: DrawnCurve;
  readonly onPlace: (placed: DrawnCurve) => void;
  readonly revealed: boolean;
}

/**
 * An axis on which seeds are placed, one row each, below the given one; the measured ones are shown below
 * them.
 */
export function SeedStrip({ plot, placed, onPlace, revealed }: SeedStripProps) {
  const { given, measured, range, text } = plot;
  const [frame, width] = useWidth<HTMLDivElement>();
  const dragged = useRef<number | null>(null);
  const rows = placed.length + (revealed ? 2 : 1);
  const layout = layOutSeeds(plot, width, rows);
  const { x, rowAt, rowOf, height } = layout;

  const set = (index: number, value: number) => {
    onPlace(placed.map((one, i) => (i === index ? inRange(range, value) : one)));
  };
  const onPointer = (event: PointerEvent<SVGSVGElement>) => {
    if (revealed) return;
    const at = pointerIn(event);
    if (event.type === 'pointerdown') {
      const row = rowOf(at.y) - 1;
      if (row < 0 || row >= placed.length) return;
      dragged.current = row;
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    if (dragged.current === null || event.buttons === 0) return;
    set(dragged.current, x.invert(at.x));
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(index, (placed[index] ?? given) + by * keyStep(range));
  };
  return (
    <div ref={frame} className={styles.drawing} role="group" aria-label={t('Your seeds')}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          data-drawable={!revealed}
          onPointerDown={onPointer}
          onPointerMove={onPointer}
          onPointerUp={() => {
            dragged.current = null;
          }}
          aria-hidden={revealed || undefined}
        >
          <GivenSeed layout={layout} given={given} />
          {placed.map((value, i) => {
            const at = value ?? given;
            return (
              <g
                key={i}
                className={styles.handle}
                data-set={value !== null}
                {...(!revealed && {
                  role: 'slider',
                  tabIndex: 0,
                  'aria-label': t('Seed {n}', { n: i + 1 }),
                  'aria-valuemin': range[0],
                  'aria-valuemax': range[1],
                  'aria-valuenow': at,
                  'aria-valuetext': value === null ? t('not moved, {value}', { value: text(at) }) : text(at),
                  onKeyDown: (event: KeyboardEvent) => {
                    onKeyDown(event, i);
                  },
                })}
              >
                <OwnRow layout={layout} row={i + 1} />
                <circle className={styles.halo} cx={x(at)} cy={rowAt(i + 1)} r={11} />
                <circle className={styles.ownPoint} cx={x(at)} cy={rowAt(i + 1)} r={5} />
              </g>
            );
          })}
          {revealed && <MeasuredSeeds layout={layout} row={rows - 1} values={measured.slice(1)} />}
        </svg>
      )}
    </div>
  );
}
