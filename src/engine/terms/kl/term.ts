/** L_kl: next-token distributions on item texts stay those of the base model. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

export const kl: ObjectiveTerm = {
  rows: 'plain',
  parameters: [],
  words: {
    symbol: 'L_kl',
    lambda: 'λ_kl',
    unit: message('nats per token'),
    tag: 'O',
    plotted: message('KL divergence of next-token distributions on item texts from the base model’s'),
    definition:
      'KL(base‖arm) of the next-token distributions on `[BOS], w_1 … w_{L-1}`, a text alone, base being the model without LoRA; mean over the tokens of a text, then over texts: the loss of Learning without Forgetting (Li & Hoiem, ECCV 2016, arXiv 1606.09282) at temperature 1. The texts are those of the items that L_item would draw, so they say nothing about the target.',
    sentence: () =>
      'L_kl is the KL divergence from the base model’s next-token distributions to the arm’s on texts of as many items drawn from the whole catalogue as there are users in a step, each text by itself, as in Learning without Forgetting (Li & Hoiem, ECCV 2016) [O].',
  },
};
