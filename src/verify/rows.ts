/** The table of checks on one model, and what it says as a whole. */

/** `unchecked`: something that the check needs is not here, which is no pass. */
export type CheckVerdict = 'pass' | 'fail' | 'unchecked';

export interface VerificationRow {
  readonly check: string;
  /** What it was compared with. */
  readonly against: string;
  /** What was found, as text. */
  readonly found: string;
  readonly verdict: CheckVerdict;
}

const WORDS: Readonly<Record<CheckVerdict, string>> = { pass: 'pass', fail: 'FAIL', unchecked: 'not checked' };

/** A number that must not exceed `most`. @param found its text, of which `#` becomes the number; NaN fails */
export function limitRow(check: string, against: string, value: number, most: number, found = '#'): VerificationRow {
  const number = value === 0 ? '0' : value.toExponential(1);
  const text = `${found.replace('#', number)} (allowed ${most.toExponential(0)})`;
  return { check, against, found: text, verdict: value <= most ? 'pass' : 'fail' };
}

export function unchecked(check: string, against: string, why: string): VerificationRow {
  return { check, against, found: why, verdict: 'unchecked' };
}

/** Exit code of the worst row: 0 if all pass, 1 if one fails, 3 if something could not be checked. */
export function exitCode(rows: readonly VerificationRow[]): 0 | 1 | 3 {
  if (rows.some(({ verdict }) => verdict === 'fail')) return 1;
  return rows.some(({ verdict }) => verdict === 'unchecked') ? 3 : 0;
}

/** The rows as a Markdown table. */
export function rowsTable(rows: readonly VerificationRow[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [
    line(['check', 'against', 'found', '']),
    '|---|---|---|---|',
    ...rows.map(({ check, against, found, verdict }) => line([check, against, found, WORDS[verdict]])),
  ].join('\n');
}
