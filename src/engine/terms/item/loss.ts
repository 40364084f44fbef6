/**
 * L_item on the GPU: texts of items drawn from the catalogue, each after the soft token of its own embedding,
 * in L_rec's pass.
 */
import { ItemEmbeddings } from '../../decoder/itemEmbeddings';
import { fill } from '../../rows/rows';
import type { TermLoss, TermParts } from '../termLoss';

export function itemReconstructed({ context, objective, features, sizes, reconstruction }: TermParts): TermLoss {
  const embeddings = new ItemEmbeddings(context, sizes, objective, features, { listed: sizes.texts, catalogue: 'none' });
  return {
    scope: 'item reconstruction',
    into: 'interest',
    load: () => undefined,
    add: ({ part: { described }, views, gradients, scratch, weight, report, slot }) => {
      if (described === null) throw new Error('the texts of L_item were not packed');
      const { items, packed } = described;
      const texts = items.length;
      // L_rec's recorded commands read the index lists that are overwritten here.
      context.recorder.submit();
      reconstruction.load(packed, Uint32Array.from(items.keys()));
      embeddings.load(items);
      embeddings.forward(items, views.parameters);
      reconstruction.forward(packed, texts, embeddings.e, views);
      fill(context, embeddings.de, texts * sizes.embeddingSize);
      reconstruction.lossAndBackward(
        { packed, texts, reader: views, report, slot },
        { weight, parameters: gradients, scratch, dh: embeddings.de },
      );
      embeddings.backward(items, gradients);
    },
  };
}
