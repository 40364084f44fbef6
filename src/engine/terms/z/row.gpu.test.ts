/** The squared log normaliser of a row. */
import { checkRowLoss } from '../../../testing/checkRowLoss';
import { SQUARED_LOG_SUM } from './row';

checkRowLoss({
  name: 'logz',
  loss: SQUARED_LOG_SUM,
  begin: (z) => [z, 1],
  kept: (scores) => {
    const top = Math.max(...scores);
    return [top, scores.reduce((sum, score) => sum + Math.exp(score - top), 0)];
  },
  value: (scores) => logSumExp(scores) ** 2,
  slopes: (scores) => {
    const all = logSumExp(scores);
    return scores.map((score) => 2 * all * Math.exp(score - all));
  },
  cancels: false,
  countsTarget: true,
});

function logSumExp(scores: Float64Array): number {
  const top = scores.reduce((a, b) => Math.max(a, b));
  return top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
}
