/** The pairwise loss of a row. */
import { checkRowLoss } from '../../../testing/checkRowLoss';
import { pairwise } from './loss';

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function overOthers(scores: Float64Array, hit: number, f: (x: number) => number): number {
  return scores.reduce((sum, score, c) => (c === hit ? sum : sum + f(score - scores[hit]!)), 0);
}

checkRowLoss({
  name: 'pairwise',
  loss: pairwise.row,
  begin: () => [0, 0],
  kept: (scores, hit) => [overOthers(scores, hit, softplus), overOthers(scores, hit, sigmoid)],
  value: (scores, hit) => overOthers(scores, hit, softplus),
  slopes: (scores, hit) =>
    scores.map((score, c) => (c === hit ? -overOthers(scores, hit, sigmoid) : sigmoid(score - scores[hit]!))),
  cancels: false,
});
