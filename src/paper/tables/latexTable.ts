/** A table of results in LaTeX with booktabs, ready to be \input. */
import { beyondPdfLatex, latexText } from '../latex/latexText';
import type { ResultsTable } from './resultsTable';
import { tableBody, type BodyCell, type TableBody, type TableLayout } from './tableBody';
import { tableNotes } from './tableNotes';

/** Points of LaTeX's sizes in a document of 10 pt, largest first. */
const SIZES = [
  ['small', 9],
  ['footnotesize', 8],
  ['scriptsize', 7],
] as const;
/**
 * Width of a column of text in points: one of a two-column page (ACM's 241 pt), or the whole page (506 pt).
 */
const WIDTHS = { one: 241, two: 506 } as const;
/** Mean width of a character, in em, and the space between two columns, in points. */
const CHARACTER = 0.53;
const BETWEEN = 8;

export interface LatexLayout extends TableLayout {
  /** Number of page columns that the table spans. */
  readonly spans: 'one' | 'two';
}

export function latexResults(table: ResultsTable, layout: LatexLayout): string {
  const body = tableBody(table, layout);
  const [size, points] = sizeOf(body, WIDTHS[layout.spans]);
  const float = layout.spans === 'two' ? 'table*' : 'table';
  const several = body.heads.some(({ under }) => under.length > 0);
  const width = body.lead.length + body.heads.reduce((sum, { under }) => sum + Math.max(1, under.length), 0);
  const groups = body.groups.flatMap(({ heading, rows }, i) => [
    ...(i === 0 ? [] : ['\\midrule']),
    ...(heading === null ? [] : [`\\multicolumn{${width}}{@{}l}{\\emph{${latexText(heading)}}} \\\\`]),
    ...rows.map((row) => `${row.map(cell).join(' & ')} \\\\`),
  ]);
  const notes = tableNotes(table, layout.differences).map(noteText).join('\n  ');
  const tooWide =
    points === null
      ? `% Wider than ${WIDTHS[layout.spans]} pt: choose fewer measures${layout.differences ? ', or no differences' : ''}${layout.spans === 'one' ? ', or the whole width of the page' : ''}.\n`
      : '';
  const content = `\\begin{${float}}
  \\centering
  \\caption{${latexText(table.caption)}}
  \\label{tab:${labelOf(table.caption)}}
  \\${size}
  \\setlength{\\tabcolsep}{${BETWEEN / 2}pt}
  \\setlength{\\abovetopsep}{3pt}
  \\begin{tabular}{@{}${'l'.repeat(body.lead.length)}${'r'.repeat(width - body.lead.length)}@{\\,}}
    \\toprule
    ${headLines(body, several).join('\n    ')}
    \\midrule
    ${groups.join('\n    ')}
    \\bottomrule
  \\end{tabular}\\par
  \\smallskip
  \\begin{minipage}{\\linewidth}\\footnotesize\\raggedright
  ${notes}
  \\end{minipage}
\\end{${float}}
`;
  const beyond = beyondPdfLatex(content);
  const engine =
    beyond.length === 0
      ? ''
      : `% Needs LuaLaTeX or XeLaTeX with a font that has ${beyond.join(' ')}; pdfLaTeX stops there.
`;
  return `% Needs \\usepackage{booktabs}.
${engine}${tooWide}${content}`;
}

function headLines({ lead, heads }: TableBody, several: boolean): string[] {
  const first = heads.map(({ text, under }) => {
    const spanned = Math.max(1, under.length);
    return `\\multicolumn{${spanned}}{c}{${latexText(text)}}`;
  });
  const top = `${[...lead.map((one) => (several ? '' : latexText(one))), ...first].join(' & ')} \\\\`;
  if (!several) return [top];
  let at = lead.length + 1;
  const rules = heads.flatMap(({ under }) => {
    const from = at;
    at += Math.max(1, under.length);
    return under.length === 0 ? [] : [`\\cmidrule(lr){${from}-${at - 1}}`];
  });
  const second = heads.flatMap(({ under }) => (under.length === 0 ? [''] : under.map(latexText)));
  return [top, rules.join(' '), `${[...lead.map(latexText), ...second].join(' & ')} \\\\`];
}

function cell({ text, bold, place }: BodyCell): string {
  const written = latexText(text);
  const marked = bold ? `\\textbf{\\boldmath ${written}}` : written;
  // Zero-width, so that digits stay aligned.
  return place === null ? marked : `${marked}\\rlap{\\textsuperscript{${place}}}`;
}

/** Marks of ranks, as in the cells. */
function noteText(note: string): string {
  return latexText(note).replace(/\$\^\{([12])\}\$/g, '\\textsuperscript{$1}');
}

/** The largest size in which the table fits; the smallest, and no points, if it fits in none. */
function sizeOf({ lead, heads, groups }: TableBody, width: number): [string, number | null] {
  const rows = groups.flatMap((group) => group.rows);
  const lengths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.text.length)));
  let at = lead.length;
  for (const { text, under } of heads) {
    const spanned = Math.max(1, under.length);
    under.forEach((one, i) => (lengths[at + i] = Math.max(lengths[at + i]!, one.length)));
    const own = lengths.slice(at, at + spanned).reduce((sum, length) => sum + length, 0);
    lengths[at] = lengths[at]! + Math.max(0, text.length - own);
    at += spanned;
  }
  const characters = lengths.reduce((sum, length) => sum + length, 0);
  const fits = SIZES.find(([, points]) => characters * CHARACTER * points + (lengths.length - 1) * BETWEEN <= width);
  return fits === undefined ? [SIZES.at(-1)![0], null] : [...fits];
}

function labelOf(caption: string): string {
  return caption
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
}
