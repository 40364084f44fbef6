/** NumPy arrays beside a log: embeddings or visual features of items by row, and the IDs of those rows. */
import { t } from '../../words/words';
import { baseName, byPosition, type Format } from './format';

export const numpy: Format = {
  name: 'NumPy array',
  recognise(peek) {
    const { syntax, columns } = peek;
    if (syntax.kind !== 'npy') return null;
    const ids = columns[0] === 'id';
    const visual = /image|picture|visual|vision|clip|dino/i.test(baseName(peek));
    return {
      format: this.name,
      part: 'items',
      reasons: [
        ids ? t('one dimension: ids of items') : t('two dimensions: one row of numbers per item'),
        ...(visual && !ids ? [t('its name says that they are of pictures')] : []),
      ],
      roles: byPosition([ids ? 'item' : visual ? 'visual' : 'embedding'], t('the only column')),
    };
  },
};
