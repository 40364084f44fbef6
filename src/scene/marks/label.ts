import { inEnglish } from '../../words/words';

/** What a mark in a chart is called. Figures for print, which are English, have `label`. */
export interface Labelled {
  readonly label: string;
  /** The same in the page's language, if it is a text of the program and not a name. */
  readonly said?: (() => string) | undefined;
}

/** A text of the program as a label. @param say the text in the active language */
export function spoken(say: () => string): Labelled {
  return { label: inEnglish(say), said: say };
}

/** The same with labels in the page's language. */
export function localisedLabels<Of extends Labelled>(list: readonly Of[]): readonly Of[] {
  return list.map((one) => (one.said ? { ...one, label: one.said() } : one));
}

/** Attributes of an element that shows a label: browsers' translators leave names as they are. */
export function attributesOf({ said }: Pick<Labelled, 'said'>): Readonly<Record<string, string>> {
  return said ? {} : { translate: 'no' };
}
