/**
 * Texts on which tokenizers differ: scripts without spaces, emoji of several code points, code, digits, runs
 * of spaces, special tokens.
 */
import { forkRandom, type Random } from '../log/random';

const CJK = [
  '学而时习之',
  '日本語のトークナイザー',
  '한국어 문장을 나눈다',
  '你好，世界！',
  '繁體中文，測試',
  'カタカナとひらがな',
  '㐂𠮷𩸽',
];
const SCRIPTS = [
  ...['Добрый день', 'שָׁלוֹם עולם', 'السَّلَامُ عَلَيْكُم', 'नमस्ते दुनिया', 'สวัสดีชาวโลก', 'Ελληνικά', 'Tiếng Việt', 'ğüşıöç İI'],
  ...['e\u0301 é', 'ﬁligree', 'ＦＵＬＬ ｗｉｄｔｈ', 'Å ≠ Å', 'a\u0300\u0316\u0323b', 'ᏣᎳᎩ'],
];
const EMOJI = ['👩‍👩‍👧‍👦', '🏳️‍🌈', '👍🏽', '🇩🇪🇯🇵', '☕️', '🧑🏿‍🚀', '❤️‍🔥', '😀😃😄', '1️⃣', '🫠'];
const CODE = [
  'for (let i = 0; i < n; i++) {\n\tsum += x[i]; // ∑\n}',
  'def f(x: int) -> str:\n    return f"{x!r:>10}"\n',
  'SELECT * FROM "users" WHERE id != 3;',
  '<p class="a&amp;b">x</p>\r\n',
  'https://example.org/a?b=c&d=%20#e',
  'x**2+y_1^{-3}==0x1F ?? null',
  '\\frac{1}{2}\\alpha_{ij}',
  '`$(rm -rf /tmp/x)` && echo $?',
];
const DIGITS = [
  '0',
  '1234567890',
  '3.14159',
  '1,234,567.89',
  '2024-02-29T23:59:59Z',
  '١٢٣',
  '¼½¾',
  'x2y33z444',
  '-0.5e-10',
  '007',
];
const SPACES = [' ', '  ', '\t', '\n', '\r\n', '\n\n\n', '\u00a0', '\u3000', '\u2009', '\u200b', '        ', ' \n ', '\u2028'];
const WORDS = [
  ...[
    "don't",
    "we'LL",
    "I'm",
    'rock’n’roll',
    'anti-inflammatory',
    'co-op',
    'A.B.C.',
    'naïve',
    'Straße',
    'e-mail',
    '...',
    '!?',
    '—',
  ],
  ...[
    'the',
    ' the',
    'The',
    'THE',
    'red wine',
    'a b c',
    'internationalisation',
    '_under_score',
    '#tag',
    '@name',
    '100%',
    '(x)',
    '"q"',
  ],
];

/**
 * `count` different texts, the same for every call. The first are the parts themselves; the others are drawn
 * from them.
 * @param special texts of the tokenizer's special tokens, which occur inside texts too
 */
export function hardStrings(count: number, special: readonly string[]): string[] {
  const random = forkRandom(1, 'hard strings');
  const groups = [CJK, SCRIPTS, EMOJI, CODE, DIGITS, SPACES, WORDS, ...(special.length > 0 ? [special] : [])];
  const found = new Set(groups.flat().slice(0, Math.floor(count / 2)));
  while (found.size < count) {
    const pieces = Array.from({ length: 1 + random.integer(6) }, () => piece(random, groups));
    found.add(pieces.join(random.integer(3) === 0 ? ' ' : ''));
  }
  return [...found];
}

function piece(random: Random, groups: readonly (readonly string[])[]): string {
  switch (random.integer(10)) {
    case 0:
      return String(random.integer(10 ** (1 + random.integer(12))));
    case 1:
      return [CJK, SPACES][random.integer(2)]![0]!.repeat(1 + random.integer(5));
    case 2:
      return anyCharacter(random);
    default: {
      const group = groups[random.integer(groups.length)]!;
      const text = group[random.integer(group.length)]!;
      // A part of a text, which may end inside an emoji of several code points, but not inside one.
      const points = Array.from(text);
      return random.integer(3) === 0 ? points.slice(random.integer(points.length)).join('') : text;
    }
  }
}

/** Any code point but surrogates, which are no text, and controls that end one. */
function anyCharacter(random: Random): string {
  const ranges = [
    [0x20, 0x7e],
    [0xa1, 0x24f],
    [0x370, 0x5ff],
    [0x4e00, 0x9fff],
    [0x1f300, 0x1faff],
  ] as const;
  const [first, last] = ranges[random.integer(ranges.length)]!;
  return String.fromCodePoint(first + random.integer(last - first + 1));
}
