/**
 * How well codes are generated, and how well they tell items apart: only where items enter and are predicted
 * as semantic IDs.
 */
import { defineMeasure } from '../measure';

const SHARE = { topic: 'ranking', unit: '%', scale: 100, digits: 1, tag: 'O', main: true } as const;

export const codeValidity = defineMeasure({
  ...SHARE,
  id: 'codeValidity',
  name: 'code validity',
  better: 'higher',
  definition: 'Share of users for whom greedy decoding, free to produce any code at any level, ends in the codes of an item.',
  charted: true,
  fromZero: true,
});

export const codeCollisions = defineMeasure({
  ...SHARE,
  id: 'codeCollisions',
  name: 'code collisions',
  better: 'lower',
  definition: 'Share of items whose codes another item has too, so that no ranking can tell them apart.',
});
