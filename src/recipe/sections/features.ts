/** What an item's frozen features are made of, and what visual features are. */
import { z } from 'zod';
import { choices, WORDS } from '../words';

export const featureSourceSchema = choices({
  lm: 'LM hidden states',
  own: 'from the log',
  'lm+own': 'both',
  visual: 'visual features',
  'lm+visual': 'LM hidden states + visual features',
  'lm+words': 'LM hidden states + words',
});

/** What visual features are: the items' own or, as controls, their categories instead. */
const visualSchema = choices({
  images: 'pictures',
  category: 'category, its first part, one-hot',
  'category-path': 'category, all its levels, one-hot',
});

/**
 * An axis of the content of variance λ is divided by λ to half this power: 0 would leave variances as they
 * are, 1 make all equal.
 */
export const WHITENING = 0.8;

export const featuresSchema = z.object({
  /** x_k: each part is standardised over the catalogue; `lm+own` is concatenated. */
  source: featureSourceSchema.default('lm+visual').register(WORDS, {
    label: 'Item features',
    hint: 'Hidden states of the LM over the item’s text, embeddings or visual features that come with the log, the TF-IDF weights of the text’s words, or two of them concatenated. Words need principal axes.',
  }),
  /** v of L_img, and the visual part of x. */
  visual: visualSchema.default('category-path').register(WORDS, {
    label: 'Visual features',
    hint: 'What L_img reconstructs and item features may contain: features of the items’ pictures; or, as a control, their category in their place, for the same items.',
    stated: true,
  }),
  /** x by principal axes: docs/method.md. */
  axes: z.number().int().min(0).max(1024).multipleOf(4).default(256).register(WORDS, {
    label: 'Principal axes of the features',
    hint: 'So many are kept, after each part of the features is scaled to the same mean square length; collaborative factors have as many. 0: all columns, each standardised.',
    stated: true,
  }),
  collaborative: z.number().min(0).max(10).default(0.6).register(WORDS, {
    label: 'Weight of collaborative factors',
    hint: 'Principal axes only: factors of the users × items matrix of training events are appended to the features, with this length where the others have 1. Cold items have none. 0 leaves them out.',
    stated: true,
  }),
});
