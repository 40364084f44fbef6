import { describe, expect, it } from 'vitest';
import { inOrder, programTexts, readCatalog, TRANSLATED } from './catalogs';
import { placeholders } from './extract';

const ROOT = new URL('../..', import.meta.url).pathname;
const { texts, problems } = programTexts(ROOT);

it('finds texts that can be translated, each with values for its placeholders', () => {
  expect(texts.length).toBeGreaterThan(5);
  expect(problems).toEqual([]);
});

describe.each(TRANSLATED)('%s', (id) => {
  const catalog = readCatalog(ROOT, id);

  it('translates only texts of the program, in order', () => {
    const known = new Set(texts.map(({ text }) => text));
    expect(Object.keys(catalog).filter((text) => !known.has(text))).toEqual([]);
    expect(Object.keys(catalog)).toEqual(inOrder(Object.entries(catalog)).map(([text]) => text));
  });

  it('has the same placeholders and tags in every translation', () => {
    const differing = Object.entries(catalog).filter(
      ([text, translation]) => namesOf(text) !== namesOf(translation) || translation.trim() === '',
    );
    expect(differing).toEqual([]);
  });

  it('translates every text', () => {
    expect(texts.filter(({ text }) => catalog[text] === undefined)).toEqual([]);
  });
});

function namesOf(text: string): string {
  return [...placeholders(text)].sort().join(' ');
}
