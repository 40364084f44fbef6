/**
 * Published candidate sets: LLMRank's `NAME.random`, `.bm25`, … (https://github.com/RUCAIBox/LLMRank,
 * data-preparation.md), a user and a list of items per line; NCF's `NAME.test.negative`
 * (https://github.com/hexiangnan/neural_collaborative_filtering), a pair of user and test item, then items
 * that the user had no event with; P5's `negative_samples.txt` and S3-Rec's `NAME_sample.txt`, a user and
 * items.
 */
import { t } from '../../words/words';
import type { Peek } from '../records/peek';
import { idOf } from '../records/values';
import { baseName, byPosition, columnFits, INTEGER, type Format, type Recognition } from './format';

const ENDING = /\.(?:random|bm25|bert|pop|bpr|gru4rec|sasrec|rabmbepobpgrsa_3)$/;
const SAMPLES = /^negative_samples?\.txt$|_sample\.txt$/;
const ID_LIST = /^\S+(?: \S+){9,}$/;
/** `(0,25)`: user and test item. */
const PAIR = /^\(\d+,\s*\d+\)$/;

function isLlmRank(peek: Peek): boolean {
  if (!ENDING.test(baseName(peek)) || peek.rows.length === 0) return false;
  return peek.rows.every((row) => ID_LIST.test(Array.isArray(row[1]) ? row[1].map(idOf).join(' ') : idOf(row[1])));
}

function isNcf(peek: Peek): boolean {
  return peek.columns.length > 1 && columnFits(peek, 0, PAIR);
}

/** The delimiter in lines of numbers; null for any other file. */
function samplesDelimiter(peek: Peek): string | null {
  const { syntax, rows } = peek;
  if (!SAMPLES.test(baseName(peek)) || (syntax.kind !== 'delimited' && syntax.kind !== 'sequence')) return null;
  const isSample = (row: readonly unknown[]): boolean => {
    const ids = row.flat();
    return ids.length > 10 && ids.every((id) => INTEGER.test(idOf(id)));
  };
  return rows.every(isSample) ? syntax.delimiter : null;
}

export const candidates: Format = {
  name: 'Candidate sets',
  recognise(peek): Recognition | null {
    const samples = samplesDelimiter(peek);
    const reason = isLlmRank(peek)
      ? t('a user and a list of items in each line, as in LLMRank')
      : isNcf(peek)
        ? t('a pair of user and test item, then other items, as in NCF')
        : samples === null
          ? null
          : t('a user and sampled items in each line, as in P5 and S3-Rec');
    if (reason === null) return null;
    return {
      format: this.name,
      part: 'candidates',
      reasons: [reason, t('each list is a pool that the target of its user can be ranked among')],
      columns: [isNcf(peek) ? 'user and target' : 'user', 'candidates'],
      // The list is everything after the user.
      syntax: { kind: 'pairs', delimiter: samples ?? '\t' },
      roles: byPosition(['user', 'candidates'], t('its position in the line')),
    };
  },
};
