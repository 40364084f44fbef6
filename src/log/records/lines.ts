/** Lines that are not tables. */

/** A key, and the rest of the line after the first delimiter. */
export function splitPair(line: string, delimiter: string): [key: string, text: string] {
  const trimmed = line.trim();
  const cut = trimmed.indexOf(delimiter);
  return cut < 0 ? [trimmed, ''] : [trimmed.slice(0, cut), trimmed.slice(cut + delimiter.length)];
}

/** A line `name: value`; a slash in a name stands before its last part. */
export const NAMED_LINE = /^\s*([\p{L}_][\p{L}\p{N}_/ -]{0,40}):(?:\s+(.*))?$/u;

/** A user, or the number of items, then the items of the history; consecutive spaces count as one. */
export function splitSequence(line: string, delimiter: string): [first: string, items: string[]] {
  const [first = '', ...items] = line
    .split(delimiter)
    .map((field) => field.trim())
    .filter((field) => field !== '');
  return [first, items];
}
