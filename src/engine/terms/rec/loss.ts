/** L_rec on the GPU: a separate pass over the texts, each after the soft token of its interest embedding. */
import type { TermLoss, TermParts } from '../termLoss';

export function reconstructed({ reconstruction }: TermParts): TermLoss {
  return {
    scope: 'reconstruction',
    into: 'interest',
    load: ({ texts, packed }) => {
      if (texts === null) return;
      const predictions = texts.examples.map((place) => packed.embPredictions[place]!);
      reconstruction.load(texts.packed, Uint32Array.from(predictions));
    },
    add: ({ part, views, gradients, scratch, weight, head, report, slot }) => {
      // No example of the micro-batch has a text.
      if (part.texts === null) return;
      const { packed, examples } = part.texts;
      reconstruction.forward(packed, examples.length, head.h, views);
      reconstruction.lossAndBackward(
        { packed, texts: examples.length, reader: views, report, slot },
        { weight, parameters: gradients, scratch, dh: head.dh },
      );
    },
  };
}
