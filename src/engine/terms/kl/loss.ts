/** L_kl on the GPU: the base model, then the arm, on texts alone, in L_rec's pass. */
import { fill } from '../../rows/rows';
import type { TermLoss, TermParts, TermStep } from '../termLoss';
import { Divergence } from './divergence';

/** Allocates its memory only if some arm has it. */
export function keptToBase({ context, decoder, reconstruction, arms }: TermParts): TermLoss {
  const { pass } = reconstruction;
  const wanted = arms.some(({ lambdaKl }) => lambdaKl > 0);
  const divergence = wanted ? new Divergence(context, decoder.weights, pass.capacity) : null;
  return {
    scope: 'KL to the base model',
    into: 'interest',
    load: () => undefined,
    add: ({ part: { plain }, views, gradients, scratch, weight, report, slot }: TermStep) => {
      if (plain === null || divergence === null) throw new Error('the texts of L_kl were not packed');
      const { rows, text } = plain;
      // Commands of other terms on this pass read the index lists that are overwritten here.
      context.recorder.submit();
      decoder.load(pass, plain);
      divergence.load(text);
      // A plain text has no rows of either kind.
      const nothing = { dense: scratch.residual, learned: scratch.residual };
      decoder.forward({ pass, rows, arm: null }, nothing);
      divergence.keepBase(pass, text.rows.length);
      decoder.forward({ pass, rows, arm: views }, nothing);
      fill(context, scratch.hidden, rows * decoder.config.hidden);
      divergence.run(pass, text.rows.length, { report, slot }, { weight, dHidden: scratch.hidden });
      decoder.backward({ pass, rows, arm: views }, scratch.hidden, scratch, gradients);
    },
  };
}
