/**
 * Regular expressions that may take forever. JavaScript's tries one way after another to match, and if a repeated group can match the same text in
 * several ways, their number doubles with every character. Nothing stops it in the middle, so such an expression is not used at all.
 */

/** What a group has shown so far: more than one way to match, such as alternatives or repetitions of varying number. */
interface Open {
  several: boolean;
}

const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})/;

/** Whether a group with several ways to match is repeated without a bound; anything that is no regular expression is not. */
export function mayTakeForever(pattern: string): boolean {
  const open: Open[] = [{ several: false }];
  /** The group that the last part closed; null if it was no group. */
  let closed: Open | null = null;
  for (let at = 0; at < pattern.length;) {
    const quantifier = QUANTIFIER.exec(pattern.slice(at, at + 24))?.[0];
    const inside = open.at(-1)!;
    if (quantifier !== undefined && at > 0) {
      if (closed?.several === true && isUnbounded(quantifier)) return true;
      if (varies(quantifier)) inside.several = true;
      at += quantifier.length;
      // Lazy or possessive.
      if (pattern[at] === '?' || pattern[at] === '+') at += 1;
      closed = null;
      continue;
    }
    const character = pattern[at]!;
    closed = null;
    if (character === '\\') at += 2;
    else if (character === '[') at = endOfClass(pattern, at);
    else if (character === '(') {
      open.push({ several: false });
      at += 1 + (/^\?(?:<?[=!]|<\w+>|[a-z-]*:)/.exec(pattern.slice(at + 1))?.[0].length ?? 0);
    } else {
      if (character === '|') inside.several = true;
      if (character === ')' && open.length > 1) {
        closed = open.pop()!;
        if (closed.several) open.at(-1)!.several = true;
      }
      at += 1;
    }
  }
  return false;
}

function endOfClass(pattern: string, from: number): number {
  for (let at = from + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === ']') return at + 1;
  }
  return pattern.length;
}

function isUnbounded(quantifier: string): boolean {
  return /^[*+]|,\}$/.test(quantifier);
}

/** `{3}` always repeats as often. */
function varies(quantifier: string): boolean {
  return !/^\{\d+\}$/.test(quantifier);
}
