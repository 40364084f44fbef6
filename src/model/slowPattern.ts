/**
 * Regular expressions that may take forever. JavaScript tries one way to match after another. If a repeated
 * group can match the same text in several ways, their number doubles with every character; parts that are
 * repeated side by side multiply theirs. Nothing stops it in the middle, so such an expression is not used at
 * all.
 */

/** A group while it is read: how many ways there are to match it at one place of a text, as powers of two. */
interface Open {
  /** Of alternatives before this one: the most ways of any, and their number. */
  most: number;
  alternatives: number;
  /** Of this alternative so far. */
  ways: number;
}

interface Quantifier {
  readonly text: string;
  readonly least: number;
  readonly most: number;
}

/** A part that is repeated without a bound has as many ways as a long word has characters: 2⁶. */
const UNBOUNDED = 6;
/** Published tokenizers reach 2¹⁷ (GPT-4o); a word that does not match then takes seconds at most. */
const MOST_WAYS = 24;

/** Whether there are too many ways to match; anything that is no regular expression has none. */
export function mayTakeForever(pattern: string): boolean {
  const open: Open[] = [opened()];
  for (let at = 0; at < pattern.length;) {
    const character = pattern[at]!;
    if (character === '|') {
      nextAlternative(open.at(-1)!);
      at += 1;
      continue;
    }
    /** Of the part that ends here. */
    let ways = 0;
    if (character === '(') {
      open.push(opened());
      at += 1 + (/^\?(?:<?[=!]|<\w+>|[a-z-]*:)/.exec(pattern.slice(at + 1))?.[0].length ?? 0);
      continue;
    }
    if (character === '\\') at += 2;
    else if (character === '[') at = endOfClass(pattern, at);
    else {
      if (character === ')' && open.length > 1) ways = closed(open.pop()!);
      at += 1;
    }
    const quantifier = quantifierAt(pattern, at);
    if (quantifier !== null) {
      at += quantifier.text.length;
      // Lazy or possessive.
      if (pattern[at] === '?' || pattern[at] === '+') at += 1;
      ways = repeated(ways, quantifier);
    }
    open.at(-1)!.ways += ways;
    if (open.at(-1)!.ways > MOST_WAYS) return true;
  }
  return false;
}

function opened(): Open {
  return { most: 0, alternatives: 1, ways: 0 };
}

function nextAlternative(group: Open): void {
  group.most = Math.max(group.most, group.ways);
  group.alternatives += 1;
  group.ways = 0;
}

function closed({ most, alternatives, ways }: Open): number {
  return Math.max(most, ways) + Math.log2(alternatives);
}

/** Ways of a part that is repeated: each time it may match in any of its own. */
function repeated(ways: number, { least, most }: Quantifier): number {
  if (ways > 0 && most === Infinity) return Infinity;
  const times = least === most ? 0 : Math.min(UNBOUNDED, Math.log2(most - least + 1));
  return (ways === 0 ? 0 : ways * most) + times;
}

function quantifierAt(pattern: string, at: number): Quantifier | null {
  const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(pattern.slice(at, at + 24));
  if (found === null) return null;
  const [text, least, comma, most] = found;
  if (text === '*') return { text, least: 0, most: Infinity };
  if (text === '+') return { text, least: 1, most: Infinity };
  if (text === '?') return { text, least: 0, most: 1 };
  if (comma === '') return { text, least: Number(least), most: Number(least) };
  return { text, least: Number(least), most: most === '' ? Infinity : Number(most) };
}

function endOfClass(pattern: string, from: number): number {
  for (let at = from + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === ']') return at + 1;
  }
  return pattern.length;
}
