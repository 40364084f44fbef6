/** Arrays of NumPy beside a log: embeddings of items by row, and the ids of those rows. */
import { byPosition, type Format } from './format';

export const numpy: Format = {
  name: 'NumPy array',
  recognise({ syntax, columns }) {
    if (syntax.kind !== 'npy') return null;
    const ids = columns[0] === 'id';
    return {
      format: this.name,
      part: 'items',
      reasons: [ids ? 'one dimension: ids of items' : 'two dimensions: one row of numbers per item'],
      roles: byPosition([ids ? 'item' : 'embedding'], 'the only column'),
    };
  },
};
