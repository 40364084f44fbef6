import { csvField } from '../../log/csv';

/** What a figure shows, as rows: its data table and its CSV. */
export type TableCell = string | number | null;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
}

/**
 * RFC 4180, with full precision; empty for null; an apostrophe before what a spreadsheet would run as a
 * formula.
 */
export function toCsv({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(cell: TableCell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' && isFormula(cell) ? `'${cell}` : String(cell);
  return csvField(text);
}

/**
 * Spreadsheets treat a text with such a start as a formula (OWASP, "CSV Injection"), some after white space
 * and invisible characters, some in full width; a signed number is not one.
 */
function isFormula(text: string): boolean {
  if (/^[\s\p{C}]*[=@＝＠]/u.test(text) || /^[\t\r\n]/.test(text)) return true;
  return /^[\s\p{C}]*[+\-＋－]/u.test(text) && !Number.isFinite(Number(text));
}

/** As shown in a table on the page: four significant digits. */
export function cellText(cell: TableCell): string {
  if (cell === null) return '–';
  if (typeof cell === 'string' || Number.isInteger(cell)) return String(cell);
  return Math.abs(cell) >= 1e-3 && Math.abs(cell) < 1e6 ? String(Number(cell.toPrecision(4))) : cell.toExponential(3);
}
