/** Characters of East Asian scripts, which are as wide as two others. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;

/** How many Latin characters take about as much room as a text. */
export function characters(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
