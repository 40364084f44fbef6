/** L_z: the softmax of the action loss keeps its normaliser near 1. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

export const z: ObjectiveTerm = {
  rows: 'none',
  parameters: [],
  words: {
    symbol: 'L_z',
    lambda: 'λ_z',
    unit: message('squared nats'),
    tag: 'O',
    plotted: message('square of the log normaliser of the action loss’s softmax'),
    definition:
      'z-loss (PaLM: Chowdhery et al., arXiv 2204.02311; against instabilities at high learning rates: Wortsman et al., arXiv 2309.14322), there on the logits of a language model: mean over prediction rows of (log Σ_j exp score_j)², j over the candidates of L_act’s softmax, the target among them. Not with `pairwise`.',
    sentence: () =>
      'L_z is the mean square of log Σ exp(score) over the candidates of the action loss’s softmax, a z-loss after Wortsman et al. (arXiv 2309.14322) [O].',
  },
};
