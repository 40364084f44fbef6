/** What an item's frozen features are made of. */
import { z } from 'zod';
import { choices, WORDS } from '../words';

export const featureSourceSchema = choices({
  lm: 'LM hidden states',
  own: 'from the log',
  'lm+own': 'both',
});

export const featuresSchema = z.object({
  /** x_k: each part is standardised over the catalogue; `lm+own` is concatenated. */
  source: featureSourceSchema.default('lm').register(WORDS, {
    label: 'Item features',
    hint: 'Hidden states of the LM over the item’s text, embeddings supplied with the log, or both concatenated.',
  }),
});
