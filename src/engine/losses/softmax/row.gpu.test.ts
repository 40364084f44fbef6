/** The cross-entropy of a row, on which `infonce`, `full` and the losses over texts are built. */
import { checkRowLoss } from '../../../testing/checkRowLoss';
import { SOFTMAX } from './row';

checkRowLoss({
  name: 'softmax',
  loss: SOFTMAX,
  begin: (z) => [z, 1],
  kept: (scores) => {
    const top = Math.max(...scores);
    return [top, scores.reduce((sum, score) => sum + Math.exp(score - top), 0)];
  },
  value: (scores, hit) => logSumExp(scores) - scores[hit]!,
  slopes: (scores, hit) => {
    const all = logSumExp(scores);
    return scores.map((score, c) => Math.exp(score - all) - Number(c === hit));
  },
  cancels: true,
});

function logSumExp(scores: Float64Array): number {
  const top = scores.reduce((a, b) => Math.max(a, b));
  return top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
}
