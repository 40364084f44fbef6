/** Any text in LaTeX's text mode, for pdfLaTeX as well as LuaLaTeX. */

const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '"': "''",
  // From math fonts, which every installation has as outlines; TS1's may be bitmaps, which publishers reject.
  '<': '$<$',
  '>': '$>$',
  '|': '$|$',
  '−': '$-$',
  '±': '$\\pm$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '…': '\\dots{}',
  '\u00a0': '~',
  '\u202f': '\\,',
  '↑': '$\\uparrow$',
  '↓': '$\\downarrow$',
  '→': '$\\to$',
  '≥': '$\\geq$',
  '≤': '$\\leq$',
  '∞': '$\\infty$',
  '∅': '$\\emptyset$',
  '√': '$\\surd$',
  Δ: '$\\Delta$',
  Σ: '$\\Sigma$',
  α: '$\\alpha$',
  β: '$\\beta$',
  γ: '$\\gamma$',
  ε: '$\\varepsilon$',
  η: '$\\eta$',
  λ: '$\\lambda$',
  μ: '$\\mu$',
  ρ: '$\\rho$',
  σ: '$\\sigma$',
  τ: '$\\tau$',
};
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻';
const LOWERED = '₀₁₂₃₄₅₆₇₈₉';

/** Characters without a name here are unchanged: LuaLaTeX typesets them if its font has them. */
export function latexText(text: string): string {
  return Array.from(text)
    .map((character) => {
      const raised = RAISED.indexOf(character);
      if (raised >= 0) return `$^{${raised === 10 ? '-' : raised}}$`;
      const lowered = LOWERED.indexOf(character);
      if (lowered >= 0) return `$_{${lowered}}$`;
      // Line ends would end a paragraph, and control characters cannot be typeset.
      return ESCAPED[character] ?? (/\s|\p{Cc}/u.test(character) ? ' ' : character);
    })
    .join('');
}

/**
 * The characters of a LaTeX text, each once, that pdfLaTeX cannot set without further packages: those outside
 * Latin script and its punctuation.
 */
export function beyondPdfLatex(text: string): string[] {
  return [...new Set(text.match(/[^\p{ASCII}\u0080-\u017f\u2010-\u2026\u20ac\u2122]/gu) ?? [])];
}
