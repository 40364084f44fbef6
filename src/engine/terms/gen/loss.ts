/** L_gen on the GPU: the LM head applied to the rows of y in the pass over histories. */
import type { TermLoss, TermParts } from '../termLoss';

export function generation({ textLoss }: TermParts): TermLoss {
  return {
    scope: 'generation',
    into: 'history',
    load: ({ packed }) => {
      textLoss.load(packed.text);
    },
    add: ({ part, pass, report, slot, weight, scratch }) => {
      const rows = part.packed.text.rows.length;
      if (rows > 0) textLoss.run(pass, rows, { report, slot }, { weight, dHidden: scratch.hidden });
    },
  };
}
