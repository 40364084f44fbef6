/** On paper: the axes of a chart to draw on, with what is given, or with what was measured. */
import { line as linePath } from 'd3';
import { Axes } from '../../charts/axes/Axes';
import { armMark } from '../../charts/marks/armMark';
import { curveOf, seedPlotOf } from '../../learn/curve';
import type { Evidence } from '../../learn/evidence';
import type { CurvePrediction, SeedsPrediction } from '../../learn/lesson';
import { t } from '../../words/words';
import { layOutCurve, layOutSeeds } from './drawingLayout';
import styles from './Learn.module.css';

interface DrawingProps<Prediction> {
  readonly prediction: Prediction;
  readonly evidence: Evidence;
  readonly answers: boolean;
}

/** Pixels; narrower paper shrinks it. */
const WIDTH = 620;
const HEIGHT = 220;

export function CurveSheet({ prediction, evidence, answers }: DrawingProps<CurvePrediction>) {
  const curve = curveOf(evidence, prediction);
  if (curve === null) return null;
  const { points, arm, given } = curve;
  const { area, x, y, axes } = layOutCurve(curve, WIDTH, HEIGHT);
  const mark = armMark(arm.id, [arm.id]);
  const path = linePath<{ readonly x: number; readonly y: number }>(
    (point) => x(point.x),
    (point) => y(point.y),
  );
  const [first] = points;
  const last = points.at(-1)!;
  const label = answers ? t('Measured: {measure} of {arm}', { measure: curve.yLabel, arm: arm.label }) : curve.yLabel;
  return (
    <svg className={styles.sketch} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <Axes {...axes} />
      {answers ? (
        <g style={{ color: mark.colour }}>
          <path className={styles.measured} d={path(points) ?? ''} strokeDasharray={mark.dash} />
          <text className={styles.curveLabel} x={area.right + 8} y={y(last.y)} dy="0.32em">
            {arm.label}
          </text>
        </g>
      ) : (
        given && first && <circle className={styles.ownPoint} cx={x(first.x)} cy={y(first.y)} r={3} />
      )}
    </svg>
  );
}

export function SeedSheet({ prediction, evidence, answers }: DrawingProps<SeedsPrediction>) {
  const plot = seedPlotOf(evidence, prediction);
  if (plot === null) return null;
  const { given, measured, xLabel } = plot;
  const others = measured.slice(1);
  const { area, x, rowAt, axes, height } = layOutSeeds(plot, WIDTH, answers ? 2 : 1 + others.length);
  return (
    <svg className={styles.sketch} viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={xLabel}>
      <Axes {...axes} />
      <line className={styles.zero} x1={x(0)} x2={x(0)} y1={area.top} y2={area.bottom} />
      <text className={styles.curveLabel} x={4} y={rowAt(0)} dy="0.32em">
        {t('given')}
      </text>
      <circle className={styles.ownPoint} cx={x(given)} cy={rowAt(0)} r={5} />
      {answers ? (
        <>
          <text className={styles.curveLabel} x={4} y={rowAt(1)} dy="0.32em">
            {t('measured')}
          </text>
          {others.map((value, i) => (
            <path key={i} className={styles.seed} transform={`translate(${x(value)} ${rowAt(1)})`} d="M0-7L7 0L0 7L-7 0Z" />
          ))}
        </>
      ) : (
        others.map((_, i) => (
          <g key={i}>
            <text className={styles.curveLabel} x={4} y={rowAt(i + 1)} dy="0.32em">
              {t('yours')}
            </text>
            <line className={styles.track} x1={area.left} x2={area.right} y1={rowAt(i + 1)} y2={rowAt(i + 1)} />
          </g>
        ))
      )}
    </svg>
  );
}
