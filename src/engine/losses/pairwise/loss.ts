/** L_act of the paper: the target above every negative, pair by pair. */
import type { ActionLossRoom } from '../actionLoss';
import { stepCandidates } from '../candidates';

export const pairwise: ActionLossRoom = {
  row: { shader: 'pairwise', kept: 2 },
  candidates: stepCandidates,
  mean: 'pairs',
  chance: () => Math.log(2),
  words: {
    tag: 'R',
    definition: 'mean over all pairs (t, j ∈ N_t) of softplus(score_j − score_target). 0 pairs: loss 0.',
    sentence: (shown) => `the mean of −log σ(h·e⁺ − h·e⁻) over negatives of the batch${shown}`,
  },
};
