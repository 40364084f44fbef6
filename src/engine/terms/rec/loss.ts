/** L_rec on the GPU: a pass of its own over the texts, each behind the soft token of its interest embedding. */
import type { TermLoss, TermParts } from '../termLoss';

export function reconstructed({ reconstruction }: TermParts): TermLoss {
  return {
    scope: 'reconstruction',
    into: 'interest',
    load: ({ texts, packed }) => {
      if (texts !== null) reconstruction.load(texts, packed.embPredictions);
    },
    add: ({ part, views, gradients, scratch, weight, head, report, slot }) => {
      const { texts, examples } = part;
      if (texts === null) throw new Error('the texts of L_rec were not packed');
      reconstruction.forward(texts, examples.length, head.h, views);
      reconstruction.lossAndBackward(
        { packed: texts, texts: examples.length, reader: views, report, slot },
        { weight, parameters: gradients, scratch, dh: head.dh },
      );
    },
  };
}
