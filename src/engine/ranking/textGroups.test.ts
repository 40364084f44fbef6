import { expect, it } from 'vitest';
import { packTexts } from '../decoder/sequence';
import { targetParts, textGroups } from './textGroups';

const texts = [[1, 2, 3], [4], [5, 6], [7, 8, 9, 10], [11]];

it('fills passes with whole texts, in order', () => {
  // Rows: 4, 2, 3, 5, 2.
  expect(textGroups(texts, { rows: 9 })).toEqual([texts.slice(0, 3), texts.slice(3)]);
  expect(textGroups(texts, { rows: 9, texts: 2 })).toEqual([texts.slice(0, 2), texts.slice(2, 4), texts.slice(4)]);
  expect(textGroups(texts, { rows: 5 }).flat()).toEqual(texts);
  expect(textGroups(texts, { rows: 3 })).toContainEqual([texts[3]]);
  expect(textGroups([], { rows: 9 })).toEqual([]);
});

it('splits predictions without losing a row or a weight', () => {
  const { text } = packTexts(texts, { bosId: 0 });
  const parts = targetParts(text, 4);
  expect(parts.map(({ rows }) => rows.length)).toEqual([4, 4, 3]);
  for (const field of ['rows', 'tokens', 'weights'] as const)
    expect(parts.flatMap((part) => [...part[field]])).toEqual([...text[field]]);
  expect([...text.weights].reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
});
