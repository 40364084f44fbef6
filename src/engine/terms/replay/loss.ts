/** L_replay on the GPU: the arm on texts alone, in L_rec's pass. */
import { fill } from '../../rows/rows';
import type { TermLoss, TermParts } from '../termLoss';

export function replayed({ context, decoder, reconstruction }: TermParts): TermLoss {
  // Its own text loss: the one of the pass over histories still has L_gen's rows.
  const { pass, textLoss } = reconstruction;
  return {
    scope: 'replay',
    into: 'interest',
    load: () => undefined,
    add: ({ part: { replayed: packed }, views, gradients, scratch, weight, report, slot }) => {
      if (packed === null) throw new Error('the texts of L_replay were not packed');
      const { rows, text } = packed;
      // Commands of other terms on this pass read the index lists that are overwritten here.
      context.recorder.submit();
      decoder.load(pass, packed);
      textLoss.load(text);
      // A plain text has no rows of either kind.
      decoder.forward({ pass, rows, arm: views }, { dense: scratch.residual, learned: scratch.residual });
      fill(context, scratch.hidden, rows * decoder.config.hidden);
      textLoss.run(pass, text.rows.length, { report, slot }, { weight, dHidden: scratch.hidden });
      decoder.backward({ pass, rows, arm: views }, scratch.hidden, scratch, gradients);
    },
  };
}
