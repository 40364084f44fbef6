/** Evaluations as points over training. Pure. */
import type { LinePoint, LineSeries, PointValue } from '../../scene/charts/series';
import { isOfAllArms } from '../../record/comparedEvaluations';
import type { Evaluation } from '../../record/runRecord';
import type { XAxis } from '../choices';
import type { FigureArm } from '../arms/armsOf';
import { evaluationX } from './xAxis';

/**
 * One series per arm, one point per step, from the sample's evaluation if there is one. If a measure depends
 * on its users, its values over all users are separate from the sample's; otherwise they fill the steps that
 * the sample lacks. Values over all users are drawn once all arms have them.
 * @param pointOf null if an evaluation lacks the measure
 */
export function evaluationSeries(
  arms: readonly FigureArm[],
  axis: XAxis,
  batchSize: number,
  perUsers: boolean,
  pointOf: (evaluation: Evaluation) => PointValue | null,
): LineSeries[] {
  const records = arms.map(({ record }) => record);
  const isDrawn = (evaluation: Evaluation): boolean => evaluation.population === 'sample' || isOfAllArms(evaluation, records);
  return arms.map(({ id, label, mark, record }) => {
    const on = (population: Evaluation['population']): LinePoint[] =>
      record.evaluations.flatMap((evaluation) => {
        const point = evaluation.population === population && isDrawn(evaluation) ? pointOf(evaluation) : null;
        return point === null ? [] : [{ ...point, x: evaluationX(evaluation, axis, batchSize), key: evaluation.step }];
      });
    const sample = on('sample');
    const all = on('all');
    const arm = { id, label, mark, markers: true };
    if (sample.length === 0) return { ...arm, points: all };
    if (perUsers) return { ...arm, points: sample, apart: all };
    const later = all.filter((point) => sample.every((other) => other.key !== point.key));
    return { ...arm, points: [...sample, ...later] };
  });
}
