/** Items of a catalogue by words of their titles. */
import type { Catalogue } from './catalogue';

function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/**
 * Indices of the items whose title has all words, ignoring case and accents: those that start with the first
 * word come first, each group in the order of the catalogue. Without any words, nothing is found.
 */
export function findItems({ columns: { title: titles } }: Catalogue, words: string): number[] {
  const wanted = folded(words).split(/\s+/).filter(Boolean);
  const [first] = wanted;
  if (first === undefined) return [];
  const [front, rest]: [number[], number[]] = [[], []];
  let index = 0;
  for (const title of titles) {
    const text = folded(title);
    if (wanted.every((word) => text.includes(word))) (text.startsWith(first) ? front : rest).push(index);
    index++;
  }
  return [...front, ...rest];
}
