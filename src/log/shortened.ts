/** A text of a file within a sentence: at most that many UTF-16 units long. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Units of a title that a check or a finding names. */
export const TITLE_LENGTH = 80;
