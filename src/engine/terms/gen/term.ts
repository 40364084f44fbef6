/** L_gen: the next item's text after the history. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

export const gen: ObjectiveTerm = {
  rows: 'history',
  parameters: [],
  words: {
    symbol: 'L_gen',
    lambda: 'λ_gen',
    unit: message('nats per token'),
    tag: 'A',
    plotted: message('generation of the next item’s text from the history'),
    definition:
      'rows [EMB], w_1 … w_{L-1} predict w_1 … w_L through the LM head; mean over tokens inside an example, then mean over the examples that carry a text.',
    sentence: ({ hideEmbFromText }) =>
      `L_gen is the NLL of the next item’s text y after the history [A; form R]${hideEmbFromText ? ' and with [EMB] hidden from it [O]' : ''}.`,
  },
};
