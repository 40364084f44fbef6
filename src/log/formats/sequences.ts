/** Histories as lines `user item item …`, and the item texts beside them: the layout of many sequential recommenders. */
import type { Peek } from '../records/peek';
import { baseName, byPosition, shareOf, type Format } from './format';

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
      reasons: ['each line has an ID, then the IDs of a history'],
      roles: byPosition(['user', 'history'], 'its position in the line'),
      timeUnit: 'order',
      ...(share === undefined ? {} : { share }),
    };
  },
};

/** An id and a text in each line say nothing of their own: they count beside histories, or beside events without texts. */
export const itemTexts: Format = {
  name: 'Item texts, one a line',
  recognise({ syntax }) {
    if (syntax.kind !== 'pairs') return null;
    return {
      format: this.name,
      part: 'items',
      reasons: ['each line has an id and a text'],
      roles: byPosition(['item', 'title'], 'its position in the line'),
    };
  },
};
