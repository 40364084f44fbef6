/** Characters of East Asian scripts, which are as wide as two others. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;

/** Capitals, and how much wider than small letters they are. */
const CAPITAL = /\p{Lu}/gu;
const WIDER = 0.3;

/** How many small Latin letters take about as much room as a text. */
export function characters(text: string): number {
  const number = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return text.length + number(WIDE) + WIDER * number(CAPITAL);
}
