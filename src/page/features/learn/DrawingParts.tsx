/** What charts that readers draw on show, on the page and on paper. */
import { Axes } from '../../../charts/axes/Axes';
import { t } from '../../../words/words';
import { armMark } from '../../../scene/marks/armMark';
import type { MeasuredCurve } from '../../../learn/curve';
import type { CurveLayout, SeedLayout } from './drawingLayout';
import styles from './Learn.module.css';

interface CurveProps {
  readonly curve: MeasuredCurve;
  readonly layout: CurveLayout;
  /** Height of its label; default: of its end. */
  readonly labelAt?: number;
}

/** The curve as measured, with its arm's name. */
export function MeasuredLine({ curve: { points, arm }, layout: { area, y, path }, labelAt = y(points.at(-1)!.y) }: CurveProps) {
  const mark = armMark(arm.id, [arm.id]);
  return (
    <g style={{ color: mark.colour }}>
      <path className={styles.measured} d={path(points)} strokeDasharray={mark.dash} />
      <text className={styles.curveLabel} x={area.right + 8} y={labelAt} dy="0.32em">
        {arm.label}
      </text>
    </g>
  );
}

interface RowProps {
  readonly layout: SeedLayout;
  readonly row: number;
}

/** The axes, zero, and the seed that is given, in the first row. */
export function GivenSeed({ layout: { area, axes, x, rowAt }, given }: Pick<RowProps, 'layout'> & { readonly given: number }) {
  return (
    <>
      <Axes {...axes} />
      <line className={styles.zero} x1={x(0)} x2={x(0)} y1={area.top} y2={area.bottom} />
      <text className={styles.curveLabel} x={4} y={rowAt(0)} dy="0.32em">
        {t('given')}
      </text>
      <circle className={styles.ownPoint} cx={x(given)} cy={rowAt(0)} r={5} />
    </>
  );
}

/** A row on which the reader places a seed. */
export function OwnRow({ layout: { area, rowAt }, row }: RowProps) {
  return (
    <>
      <text className={styles.curveLabel} x={4} y={rowAt(row)} dy="0.32em">
        {t('yours')}
      </text>
      <line className={styles.track} x1={area.left} x2={area.right} y1={rowAt(row)} y2={rowAt(row)} />
    </>
  );
}

/** The other seeds as measured. */
export function MeasuredSeeds({ layout: { x, rowAt }, row, values }: RowProps & { readonly values: readonly number[] }) {
  return (
    <>
      <text className={styles.curveLabel} x={4} y={rowAt(row)} dy="0.32em">
        {t('measured')}
      </text>
      {values.map((value, i) => (
        <path key={i} className={styles.seed} transform={`translate(${x(value)} ${rowAt(row)})`} d="M0-7L7 0L0 7L-7 0Z" />
      ))}
    </>
  );
}
