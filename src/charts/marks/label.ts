import { t } from '../../words/words';

/** What a mark in a chart is called. Figures for print have it as it is. */
export interface Labelled {
  readonly label: string;
  /** Whether the label is a text of the program, in English, and not a name: the chart translates it. */
  readonly said?: boolean;
}

/** The same with labels in the page's language. */
export function shown<Of extends Labelled>(list: readonly Of[]): readonly Of[] {
  return list.map((one) => (one.said ? { ...one, label: t(one.label) } : one));
}
