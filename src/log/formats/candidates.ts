/**
 * Published candidate sets: LLMRank's `NAME.random`, `.bm25`, … (https://github.com/RUCAIBox/LLMRank, data-preparation.md), and NCF's
 * `NAME.test.negative` (https://github.com/hexiangnan/neural_collaborative_filtering). They are told apart from logs and from texts of
 * items, which they look like, and are not read.
 */
import type { Peek } from '../records/peek';
import { idOf } from '../records/values';
import { baseName, columnFits, type Format } from './format';

const ENDING = /\.(?:random|bm25|bert|pop|bpr|gru4rec|sasrec|rabmbepobpgrsa_3)$/;
const ID_LIST = /^\S+(?: \S+){9,}$/;
/** `(0,25)`: user and test item. */
const PAIR = /^\(\d+,\s*\d+\)$/;

function isLlmRank(peek: Peek): boolean {
  if (!ENDING.test(baseName(peek)) || peek.rows.length === 0) return false;
  return peek.rows.every((row) => ID_LIST.test(Array.isArray(row[1]) ? row[1].map(idOf).join(' ') : idOf(row[1])));
}

function isNcf(peek: Peek): boolean {
  return peek.columns.length > 10 && (columnFits(peek, 0, PAIR) || baseName(peek).endsWith('.test.negative'));
}

export const candidates: Format = {
  name: 'Candidate sets',
  recognise(peek) {
    if (!isLlmRank(peek) && !isNcf(peek)) return null;
    return {
      format: this.name,
      part: 'ignored',
      reasons: ['candidate sets for an evaluation, not events; pools of candidates are drawn here (evaluation.protocol)'],
      roles: {},
    };
  },
};
