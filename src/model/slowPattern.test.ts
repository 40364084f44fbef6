import { describe, expect, it } from 'vitest';
import { mayTakeForever } from './slowPattern';

describe('regular expressions that may take forever', () => {
  it.each([
    '(a+)+$',
    '(a*)*b',
    '(a|aa)+$',
    '(?:a?a)+$',
    '(x(a+)y?)*',
    '([a-z]+\\s?){2,}!',
    '(?:\\p{L}+)+?$',
    '(?<all>.*)+x',
    // Bounded, or side by side.
    '(?:a|aa){40}$',
    '(?:a?){30}b',
    '(?:(?:a|aa){3}){9}b',
    '\\w*\\w*\\w*\\w*\\w*!',
    `${'a?'.repeat(30)}b`,
  ])('%s', (pattern) => {
    expect(mayTakeForever(pattern)).toBe(true);
  });

  const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  it.each([
    ['GPT-2', "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"],
    [
      'Llama 3',
      `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
    ],
    [
      'GPT-4o',
      `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{M}]*[\\p{Ll}\\p{M}]+${CONTRACTIONS}?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s+`,
    ],
    [
      'DeepSeek',
      '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*',
    ],
    ['BLOOM', ' ?[^(\\s|[.,!?…。，、।۔،])]+'],
    [
      'Tekken',
      '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+(?=\\p{Lu})|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
    ],
    ['spaces at the ends', '^\\s+|\\s+$| {2,}'],
    ['digits in threes', '\\d{1,3}(?=(?:\\d{3})*\\b)'],
    ['no regular expression', '*)('],
  ])('do not include those of %s', (_, pattern) => {
    expect(mayTakeForever(pattern)).toBe(false);
  });
});
