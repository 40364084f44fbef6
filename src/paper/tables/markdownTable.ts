/** A table of results in Markdown: GitHub's tables, bold, and superscripts. */
import type { ResultsTable } from './resultsTable';
import { tableBody, type BodyCell, type TableLayout } from './tableBody';
import { tableNotes } from './tableNotes';

/** Escapes text that Markdown would read as markup, or as the end of a cell. */
export function markdownText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~$]/g, '\\$&').replace(/\s+/g, ' ');
}

/**
 * The same where brackets, braces and number signs, as in intervals, are no markup. `$` begins mathematics on
 * GitHub.
 */
function inlineText(text: string): string {
  return text.replace(/[\\`*_<|~$]/g, '\\$&').replace(/\s+/g, ' ');
}

function cellText({ text, bold, place }: BodyCell): string {
  // Brackets of an interval are not a link without a parenthesis after them.
  const written = text.startsWith('[') ? markdownText(text) : inlineText(text);
  return `${bold ? `**${written}**` : written}${place === null ? '' : `<sup>${place}</sup>`}`;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export function markdownResults(table: ResultsTable, layout: TableLayout): string {
  const { lead, heads, groups } = tableBody(table, layout);
  const columns = heads.flatMap(({ text, under }) =>
    under.length === 0 ? [text] : under.map((one, i) => (i === 0 && under.length > 2 ? one : `${text}: ${one}`)),
  );
  const head = [...lead, ...columns].map(markdownText);
  const rows = groups.flatMap(({ heading, rows: own }) => [
    ...(heading === null ? [] : [[`*${markdownText(heading)}*`, ...head.slice(1).map(() => '')]]),
    ...own.map((row) => row.map(cellText)),
  ]);
  const aligned = head.map((_, i) => (i === 0 ? ':---' : '---:'));
  return [
    `**${markdownText(table.caption)}**`,
    [head, aligned, ...rows].map(line).join('\n'),
    tableNotes(table, layout.differences)
      .map((note) => `- ${inlineText(note)}`)
      .join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}
