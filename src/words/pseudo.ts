import type { CompiledMessage } from 'icu-minify/format';

const PLAIN = 'AaCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz';
const ACCENTED = 'ÅåÇçÐðÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöŔŕŠšŢţÛûŴŵÝýŽž';

/** Around each text: signs that no other text has. */
const BEGIN = '⟦';
const END = '⟧';

/** Translations of short texts are that much longer than English. */
const LONGER = 0.4;

/** Longer texts are not one word. */
const WORD = 14;

/** A text with accents, 40 % longer and in brackets, with its placeholders as they are. */
export function pseudo(text: CompiledMessage): CompiledMessage {
  const size = lengthOf(text);
  const tail = '~'.repeat(Math.ceil(LONGER * size));
  // As words, so that long texts wrap as others do.
  const end = `${size > WORD ? tail.replace(/~{1,6}/g, ' $&') : tail}${END}`;
  return typeof text === 'string' ? `${BEGIN}${accented(text)}${end}` : [BEGIN, ...(text.map(altered) as []), end];
}

function accented(text: string): string {
  return text.replace(/[A-Za-z]/g, (letter) => ACCENTED[PLAIN.indexOf(letter)] ?? letter);
}

/**
 * A node of a parsed text: words, `[name]`, `[name, type, forms or style]`, or a tag, `[name, ...what it
 * encloses]`.
 */
function altered(node: unknown): unknown {
  if (typeof node === 'string') return accented(node);
  if (!Array.isArray(node)) return node;
  const [name, second, third] = node as [unknown, unknown, unknown];
  if (typeof name !== 'string') return node.map(altered);
  // The types of arguments are 1 to 6; 0 is the number of a plural.
  if (typeof second !== 'number' || second === 0) return [name, ...node.slice(1).map(altered)];
  return [
    name,
    second,
    second <= 3 ? Object.fromEntries(Object.entries(third as object).map(([form, of]) => [form, forms(of)])) : third,
  ];
}

function forms(of: unknown): unknown {
  return Array.isArray(of) ? of.map(altered) : altered(of);
}

function lengthOf(node: unknown): number {
  if (typeof node === 'string') return node.length;
  if (Array.isArray(node)) return node.reduce((sum: number, one) => sum + lengthOf(one), 0);
  return typeof node === 'object' && node !== null ? Math.max(0, ...Object.values(node).map(lengthOf)) : 0;
}
