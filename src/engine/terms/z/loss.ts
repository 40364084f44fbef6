/** L_z on the GPU: a second run over the scores of the action loss. */
import type { TermLoss } from '../termLoss';
import { SQUARED_LOG_SUM } from './row';

export function keptNormaliser(): TermLoss {
  return {
    scope: 'z-loss',
    into: 'interest',
    load: () => undefined,
    add: ({ part, arm, head, gradients, weight, report, slot }) => {
      const { candidates, packed } = part;
      if (candidates === null) return;
      const shape = { candidates, predictions: packed.predictionRows.length, loss: SQUARED_LOG_SUM, weight };
      head.moreLoss(shape, { parameters: arm.parameters, gradients }, { report, slot });
    },
  };
}
