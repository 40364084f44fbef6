/** What an item's frozen features are made of, and what visual features are. */
import { z } from 'zod';
import { choices, WORDS } from '../words';

export const featureSourceSchema = choices({
  lm: 'LM hidden states',
  own: 'from the log',
  'lm+own': 'both',
  visual: 'visual features',
  'lm+visual': 'LM hidden states + visual features',
});

/** What visual features are: the items' own or, as controls, their categories instead. */
const visualSchema = choices({
  images: 'pictures',
  category: 'category, its first part, one-hot',
  'category-path': 'category, all its levels, one-hot',
});

export const featuresSchema = z.object({
  /** x_k: each part is standardised over the catalogue; `lm+own` is concatenated. */
  source: featureSourceSchema.default('lm').register(WORDS, {
    label: 'Item features',
    hint: 'Hidden states of the LM over the item’s text, embeddings or visual features that come with the log, or two of them concatenated.',
  }),
  /** v of L_img, and the visual part of x. */
  visual: visualSchema.default('images').register(WORDS, {
    label: 'Visual features',
    hint: 'What L_img reconstructs and item features may contain: features of the items’ pictures; or, as a control, their category in their place, for the same items.',
    stated: true,
  }),
});
