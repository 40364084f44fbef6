/**
 * Histories as lines `user item item …`, and the item texts beside them: the layout of many sequential
 * recommenders.
 */
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

/**
 * Minimum columns with which a headerless table of whole numbers is taken for histories; those from which it
 * is without more proof.
 */
const LEAST_COLUMNS = 5;
const SURE_COLUMNS = 10;
const LEAST_PADDED = 6;
/** P5's file, whose histories may all happen to be of one length. */
const NAMED = /^sequential_data\.txt$/;
const LEAST_NAMED = 3;
/**
 * The largest ID of every column of a history is at least this share of the overall maximum, since they are
 * IDs of one kind.
 */
const ALIKE = 0.2;
/**
 * Share of a column's IDs that stand in other columns as well: an item may come at any place of a history.
 */
const SHARED = 0.4;

/** Whether all columns except the first, where filled, hold IDs of one range, unlike flags and counts. */
function idsOfOneKind(rows: Peek['rows']): boolean {
  const largest = rows[0]!
    .slice(1)
    .map((_, column) => rows.reduce((most, row) => Math.max(most, Number(idOf(row[column + 1]))), 0))
    .filter((most) => most > 0);
  const most = largest.reduce((a, b) => Math.max(a, b), 0);
  return largest.every((one) => one >= ALIKE * most);
}

/** Whether the IDs of every column except the first stand in others too. */
function sharesIds(rows: Peek['rows']): boolean {
  const columns = rows[0]!.slice(1).map((_, column) => new Set(rows.map((row) => idOf(row[column + 1]))));
  return columns.every((own) => {
    const shared = [...own].filter((id) => columns.some((other) => other !== own && other.has(id)));
    return shared.length >= SHARED * own.size;
  });
}

/** Lines `user item item … 0 0` of equal length, which look like a table. */
export const fixedHistories: Format = {
  name: 'Histories of a fixed length',
  recognise(peek) {
    const { syntax, columns, rows } = peek;
    if (syntax.kind !== 'delimited' || syntax.header || rows.length === 0) return null;
    if (!rows.every((row) => row.every((cell) => INTEGER.test(idOf(cell)) || idOf(cell) === '-1'))) return null;
    const padding = paddingOf(rows.map((row) => row.slice(1)));
    const sure = NAMED.test(baseName(peek)) ? LEAST_NAMED : padding === undefined ? SURE_COLUMNS : LEAST_PADDED;
    if (columns.length < sure && (columns.length < LEAST_COLUMNS || !sharesIds(rows))) return null;
    if (!idsOfOneKind(rows)) return null;
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

/**
 * An ID and a text in each line mean nothing by themselves: they count beside histories, or beside events
 * without texts.
 */
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
