/** A control: softmax over the target and the negatives of the batch. */
import type { ActionLossRoom } from '../actionLoss';
import { chanceOf, stepCandidates } from '../candidates';
import { SOFTMAX } from '../softmax/row';

export const infonce: ActionLossRoom = {
  row: SOFTMAX,
  candidates: stepCandidates,
  mean: 'rows',
  chance: chanceOf,
  words: {
    tag: 'O',
    definition: 'mean over rows of −log softmax over {target} ∪ N_t, at the target.',
    sentence: (shown) => `a softmax over the target and negatives of the batch${shown}`,
  },
};
