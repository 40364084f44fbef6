/** A control: softmax over the whole catalogue. */
import type { ActionLossRoom } from '../actionLoss';
import { catalogueCandidates, chanceOf } from '../candidates';
import { SOFTMAX } from '../softmax/row';

export const full: ActionLossRoom = {
  row: SOFTMAX,
  candidates: catalogueCandidates,
  mean: 'rows',
  chance: chanceOf,
  words: {
    tag: 'O',
    definition: 'mean over rows of −log softmax over the whole catalogue, at the target.',
    sentence: () => 'a softmax over the whole catalogue',
  },
};
