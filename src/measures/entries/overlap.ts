/** How similar the retrieved items are to the target: two readings of JS@50. */
import { defineMeasure } from '../measure';

const OVERLAP = { topic: 'text', better: 'higher', tag: 'O', main: true } as const;

export const overlapSpace = defineMeasure({
  ...OVERLAP,
  id: 'js50-space',
  name: 'JS@50 neighbours',
  definition: 'Jaccard similarity of the 50 items retrieved and the 50 nearest to the target in the space of frozen features.',
});

export const overlapTokens = defineMeasure({
  ...OVERLAP,
  id: 'js50-tokens',
  name: 'JS@50 words',
  definition: 'Mean Jaccard similarity of the words of each of the 50 items retrieved and the target’s.',
});
