import { t } from '../../words/words';
import { REASONS } from '../intake/reasons';
import type { Counted } from '../intake/tally';
import type { FindingCheck, Finding } from './finding';

function rowsFinding({ reason, rows, first, example }: Counted): Finding {
  const { level, text, done } = REASONS[reason];
  const message = t('{n, plural, one {# row: {reason}} other {# rows: {reason}}}', { n: rows, reason: t(text) });
  return { level, message, done: t(done), first, example };
}

/** Rows that gave no event, item or candidate set. */
export const rejectedRows: FindingCheck = ({ raw }) => [...raw.rejected, ...raw.rejectedItems].map(rowsFinding);

/** Oddities of rows that are used. */
export const notedRows: FindingCheck = ({ raw }) => raw.notes.map(rowsFinding);
