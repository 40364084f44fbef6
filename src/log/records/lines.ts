/** Lines that are not tables. */

/** A key, and the rest of the line after the first delimiter. */
export function splitPair(line: string, delimiter: string): [key: string, text: string] {
  const trimmed = line.trim();
  const cut = trimmed.indexOf(delimiter);
  return cut < 0 ? [trimmed, ''] : [trimmed.slice(0, cut), trimmed.slice(cut + delimiter.length)];
}

/** A user, then the items of the history; consecutive spaces count as one. */
export function splitSequence(line: string, delimiter: string): [user: string, items: string[]] {
  const [user = '', ...items] = line
    .split(delimiter)
    .map((field) => field.trim())
    .filter((field) => field !== '');
  return [user, items];
}
