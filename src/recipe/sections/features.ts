/** What an item's frozen features are made of, and what L_img reconstructs. */
import { z } from 'zod';
import { choices, WORDS } from '../words';

export const featureSourceSchema = choices({
  lm: 'LM hidden states',
  own: 'from the log',
  'lm+own': 'both',
  visual: 'visual features',
  'lm+visual': 'LM hidden states + visual features',
});

/** What L_img reconstructs: the items' visual features, or, as a control, their category in their place. */
export const visualSchema = choices({ images: 'visual features', category: 'category, one-hot' });

export const featuresSchema = z.object({
  /** x_k: each part is standardised over the catalogue; `lm+own` is concatenated. */
  source: featureSourceSchema.default('lm').register(WORDS, {
    label: 'Item features',
    hint: 'Hidden states of the LM over the item’s text, embeddings or visual features that come with the log, or two of them concatenated.',
  }),
  /** v of L_img. */
  visual: visualSchema.default('images').register(WORDS, {
    label: 'L_img reconstructs',
    hint: 'The visual features of the next item; or, as a control, its category in their place, for the same items.',
    stated: true,
  }),
});
