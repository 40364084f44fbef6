/** L_item: an item's text from its own embedding alone. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

export const item: ObjectiveTerm = {
  rows: 'described',
  parameters: ['w_d', 'b_d'],
  words: {
    symbol: 'L_item',
    lambda: 'λ_item',
    unit: message('nats per token'),
    tag: 'O',
    plotted: message('reconstruction of an item’s text from its embedding e alone'),
    definition:
      'as L_rec, for items of the catalogue in place of targets: soft = W_d·e_i + b_d, e_i as it is compared with h, and the text is item i’s own; the same W_d, b_d and means. No stop-gradient: it trains e_i.',
    sentence: () =>
      'L_item is the NLL of an item’s text from its embedding e alone, read through the same soft token W_d·e, for as many items drawn from the whole catalogue as there are users in a step; its gradient flows into e [O].',
  },
};
