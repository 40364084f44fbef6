/** Histories as lines `user item item …`, and the item texts beside them: the layout of many sequential recommenders. */
import { t } from '../../words/words';
import type { Peek } from '../records/peek';
import { idOf } from '../records/values';
import { ANY_TIME, baseName, byPosition, columnFits, INTEGER, shareOf, type Format } from './format';
import { paddingOf, paddingReason } from './padding';

function isSequence({ syntax }: Peek): boolean {
  return syntax.kind === 'sequence';
}

export const sequences: Format = {
  name: 'Histories, one a line',
  recognise(peek) {
    if (!isSequence(peek)) return null;
    const share = shareOf(baseName(peek));
    return {
      format: this.name,
      part: 'events',
      reasons: [t('each line has an ID, then the IDs of a history')],
      roles: byPosition(
        peek.syntax.kind === 'sequence' && peek.syntax.first === 'length' ? ['-', 'history', 'user'] : ['user', 'history'],
        t('its position in the line'),
      ),
      timeUnit: 'order',
      ...(share === undefined ? {} : { share }),
    };
  },
};

/** Minimum columns with which a headerless table of whole numbers is taken for histories, with and without padding. */
const LEAST_PADDED = 6;
const LEAST_COLUMNS = 10;
/** P5's file, whose histories may all happen to be of one length. */
const NAMED = /^sequential_data\.txt$/;
const LEAST_NAMED = 3;
/** The largest ID of every column of a history is at least this share of the overall maximum, since they are IDs of one kind. */
const ALIKE = 0.2;

/** Whether all columns except the first, where filled, hold IDs of one range, unlike flags and counts. */
function idsOfOneKind(rows: Peek['rows'], columns: number): boolean {
  const largest = Array.from({ length: columns - 1 }, (_, column) =>
    rows.reduce((most, row) => Math.max(most, Number(idOf(row[column + 1]))), 0),
  ).filter((most) => most > 0);
  const most = largest.reduce((a, b) => Math.max(a, b), 0);
  return largest.every((one) => one >= ALIKE * most);
}

/** Lines `user item item … 0 0` of equal length, which look like a table. */
export const fixedHistories: Format = {
  name: 'Histories of a fixed length',
  recognise(peek) {
    const { syntax, columns, rows } = peek;
    if (syntax.kind !== 'delimited' || syntax.header || rows.length === 0) return null;
    if (!rows.every((row) => row.every((cell) => INTEGER.test(idOf(cell)) || idOf(cell) === '-1'))) return null;
    const padding = paddingOf(rows.map((row) => row.slice(1)));
    const least = NAMED.test(baseName(peek)) ? LEAST_NAMED : padding === undefined ? LEAST_COLUMNS : LEAST_PADDED;
    if (columns.length < least) return null;
    if (!idsOfOneKind(rows, columns.length)) return null;
    if (columns.some((_, column) => columnFits(peek, column, ANY_TIME))) return null;
    const share = shareOf(baseName(peek));
    return {
      format: this.name,
      part: 'events',
      reasons: [
        t('each line has an ID, then a history in {n} columns', { n: String(columns.length - 1) }),
        ...(padding === undefined ? [] : [paddingReason(padding)]),
      ],
      columns: ['user', 'items'],
      syntax: { kind: 'sequence', delimiter: syntax.delimiter },
      roles: byPosition(['user', 'history'], t('its position in the line')),
      timeUnit: 'order',
      ...(padding === undefined ? {} : { padding }),
      ...(share === undefined ? {} : { share }),
    };
  },
};

/** An ID and a text in each line mean nothing by themselves: they count beside histories, or beside events without texts. */
export const itemTexts: Format = {
  name: 'Item texts, one a line',
  recognise({ syntax }) {
    if (syntax.kind !== 'pairs') return null;
    return {
      format: this.name,
      part: 'items',
      reasons: [t('each line has an id and a text')],
      roles: byPosition(['item', 'title'], t('its position in the line')),
    };
  },
};
