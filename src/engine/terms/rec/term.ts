/** L_rec: the next item's text from the interest embedding alone. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

export const rec: ObjectiveTerm = {
  rows: 'texts',
  parameters: ['w_d', 'b_d'],
  words: {
    symbol: 'L_rec',
    lambda: 'λ_rec',
    unit: message('nats per token'),
    tag: 'A',
    plotted: message('reconstruction of the next item’s text from h alone'),
    definition:
      'second pass of the same adapted decoder on `soft, w_1 … w_{L-1}`, soft = W_d·h_t + b_d at position 0, h_t the interest embedding of the example’s [EMB]; the same means. No stop-gradient.',
    sentence: () =>
      'L_rec is the NLL of y from h alone, with its gradient flowing into h [A; form R], by a second pass of the same model over one soft token W_d·h [O].',
  },
};
