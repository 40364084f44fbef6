import { cutText } from '../recipe/texts';

/** A text of a file within a sentence: on one line, at most that many UTF-16 units long. */
export function shortened(text: string, most: number): string {
  return cutText(text.replaceAll(/\s+/g, ' ').trim(), most);
}

/** Units of a title that a check or a finding names. */
export const TITLE_LENGTH = 80;
