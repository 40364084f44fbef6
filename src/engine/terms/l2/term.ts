/** L_l2: the squared distance of the adapted weights from the pre-trained ones. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

export const l2: ObjectiveTerm = {
  rows: 'none',
  parameters: [],
  words: {
    symbol: 'L_l2',
    lambda: 'λ_l2',
    unit: message('squared distance / 2'),
    tag: 'O',
    plotted: message('squared distance of the adapted weights from the pre-trained ones'),
    definition:
      'L2-SP (Li et al., ICML 2018, arXiv 1802.01483): ½·Σ ‖ΔW‖² over adapted projections, ΔW = (alpha/rank)·B·A, the distance of the weights themselves and not of A and B, which have many values for one ΔW. Heads and inputs, which have no pre-trained values, are left to weight decay.',
    sentence: () =>
      'L_l2 is half the squared distance of all adapted weight matrices from their pre-trained values, as in L2-SP (Li et al., ICML 2018) [O].',
  },
};
