/** Which actions the command palette offers for a text, in which order. Pure. */
import type { ListedAction } from './action';

/**
 * Actions whose words, or whose group's, hold every typed word, the best fit first; of equal fits, what was
 * used more recently. Without a text, what was used recently comes first, and those that are one of many are
 * left out.
 * @param recent IDs of actions, the last used first
 */
export function matchingActions(actions: readonly ListedAction[], text: string, recent: readonly string[]): ListedAction[] {
  const asked = words(text);
  const used = ({ id }: ListedAction): number => {
    const at = recent.indexOf(id);
    return at === -1 ? recent.length : at;
  };
  const many = ({ oneOfMany }: ListedAction): number => (oneOfMany === true ? 1 : 0);
  if (asked.length === 0) {
    return actions.filter(({ id, oneOfMany }) => oneOfMany !== true || recent.includes(id)).toSorted((a, b) => used(a) - used(b));
  }
  return actions
    .map((action) => ({ action, fit: fitOf(action, asked) }))
    .filter(({ fit }) => fit > 0)
    .toSorted((a, b) => b.fit - a.fit || used(a.action) - used(b.action) || many(a.action) - many(b.action))
    .map(({ action }) => action);
}

/** 0 if a typed word is missing. */
function fitOf(action: ListedAction, asked: readonly string[]): number {
  const own = words(action.words);
  const all = [...own, ...words(action.group)];
  let fit = own.join(' ') === asked.join(' ') ? 1 : 0;
  for (const word of asked) {
    const one = Math.max(...all.map((other, at) => wordFit(word, other) * (at < own.length ? 2 : 1)));
    if (one === 0) return 0;
    fit += one;
  }
  return fit;
}

/**
 * A whole word, its beginning, a part of it, or its letters in order: `cklst` for `checklist`. Numbers are
 * not abbreviated.
 */
function wordFit(word: string, other: string): number {
  if (other === word) return 8;
  if (other.startsWith(word)) return 6;
  if (/^\d+$/.test(word)) return 0;
  if (other.includes(word)) return 4;
  return word.length > 1 && other.startsWith(word[0]!) && inOrder(word, other) ? 1 : 0;
}

function inOrder(word: string, other: string): boolean {
  let at = -1;
  return word.split('').every((letter) => {
    at = other.indexOf(letter, at + 1);
    return at !== -1;
  });
}

function words(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}@]+/u)
    .filter(Boolean);
}
