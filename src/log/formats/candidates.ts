/**
 * Published candidate sets: LLMRank's `NAME.random`, `.bm25`, … (https://github.com/RUCAIBox/LLMRank, data-preparation.md), a user and a
 * list of items a line; NCF's `NAME.test.negative` (https://github.com/hexiangnan/neural_collaborative_filtering), a pair of user and
 * test item, then items that the user had no event with.
 */
import type { Syntax } from '../../recipe/logRecipe';
import type { Peek } from '../records/peek';
import { idOf } from '../records/values';
import { baseName, byPosition, columnFits, type Format, type Recognition } from './format';

const ENDING = /\.(?:random|bm25|bert|pop|bpr|gru4rec|sasrec|rabmbepobpgrsa_3)$/;
const ID_LIST = /^\S+(?: \S+){9,}$/;
/** `(0,25)`: user and test item. */
const PAIR = /^\(\d+,\s*\d+\)$/;
/** The list is all that stands behind the first tab. */
const keyAndList: Syntax = { kind: 'pairs', delimiter: '\t' };

function isLlmRank(peek: Peek): boolean {
  if (!ENDING.test(baseName(peek)) || peek.rows.length === 0) return false;
  return peek.rows.every((row) => ID_LIST.test(Array.isArray(row[1]) ? row[1].map(idOf).join(' ') : idOf(row[1])));
}

function isNcf(peek: Peek): boolean {
  return peek.columns.length > 1 && columnFits(peek, 0, PAIR);
}

export const candidates: Format = {
  name: 'Candidate sets',
  recognise(peek): Recognition | null {
    const [llmRank, ncf] = [isLlmRank(peek), isNcf(peek)];
    if (!llmRank && !ncf) return null;
    return {
      format: this.name,
      part: 'candidates',
      reasons: [
        llmRank
          ? 'a user and a list of items in each line, as in LLMRank'
          : 'a pair of user and test item, then other items, as in NCF',
        'each list is a pool that the target of its user can be ranked among',
      ],
      columns: [ncf ? 'user and target' : 'user', 'candidates'],
      syntax: keyAndList,
      roles: byPosition(['user', 'candidates'], 'its position in the line'),
    };
  },
};
