/** L_replay: language modelling goes on, on texts of the model's domain. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

export const replay: ObjectiveTerm = {
  rows: 'replayed',
  parameters: [],
  words: {
    symbol: 'L_replay',
    lambda: 'λ_replay',
    unit: message('nats per token'),
    tag: 'O',
    plotted: message('next-token loss on texts of the model’s domain'),
    definition:
      'rows [BOS], w_1 … w_{L-1} of a text alone predict w_1 … w_L; mean over the tokens of a text, then over texts: rehearsal (Robins, Connection Science 1995), the cheap cure for forgetting. Each example of a step brings one text of the model’s domain (`replayed` in the fixtures), drawn by (seed, step) with replacement from those after the first 64, which domain drift is measured on.',
    sentence: () =>
      'L_replay is the NLL of texts of the language model’s domain, each by itself, as many as there are users in a step and none of them among those that domain drift is measured on: rehearsal (Robins, 1995) [O].',
  },
};
