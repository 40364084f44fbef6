/** On paper: the axes of a chart to draw on, with what is given, or with what was measured. */
import { Axes } from '../../../charts/axes/Axes';
import { curveOf, seedPlotOf } from '../../../learn/curve';
import type { Evidence } from '../../../learn/evidence';
import type { CurvePrediction, SeedsPrediction } from '../../../learn/lesson';
import { t } from '../../../words/words';
import { layOutCurve, layOutSeeds } from './drawingLayout';
import { GivenSeed, MeasuredLine, MeasuredSeeds, OwnRow } from './DrawingParts';
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
  const layout = layOutCurve(curve, WIDTH, HEIGHT);
  const { x, y, axes } = layout;
  const [first] = points;
  const label = answers ? t('Measured: {measure} of {arm}', { measure: curve.yLabel, arm: arm.label }) : curve.yLabel;
  return (
    <svg className={styles.sketch} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <Axes {...axes} />
      {answers ? (
        <MeasuredLine curve={curve} layout={layout} />
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
  const layout = layOutSeeds(plot, WIDTH, answers ? 2 : 1 + others.length);
  return (
    <svg className={styles.sketch} viewBox={`0 0 ${WIDTH} ${layout.height}`} role="img" aria-label={xLabel}>
      <GivenSeed layout={layout} given={given} />
      {answers ? (
        <MeasuredSeeds layout={layout} row={1} values={others} />
      ) : (
        others.map((_, i) => <OwnRow key={i} layout={layout} row={i + 1} />)
      )}
    </svg>
  );
}
