/** Half of a character outside the Basic Multilingual Plane, such as an emoji, at the end. */
const HALF = /[\ud800-\udbff]$/;

/** A text of a file within a sentence: on one line, at most that many UTF-16 units long. */
export function shortened(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1).replace(HALF, '')}…` : line;
}

/** Units of a title that a check or a finding names. */
export const TITLE_LENGTH = 80;
