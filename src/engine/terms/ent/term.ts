/** L_ent: attention stays spread out over what a row sees. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

export const ent: ObjectiveTerm = {
  rows: 'none',
  parameters: [],
  words: {
    symbol: 'L_ent',
    lambda: 'λ_ent',
    unit: message('share of the maximum'),
    tag: 'O',
    plotted: message('what the entropy of attention lacks of its maximum'),
    definition:
      'entropy-based attention regularisation (Attanasio et al., Findings of ACL 2022, arXiv 2203.09192), head by head: 1 − H_i/ln n_i, H_i = −Σ_j p_ij·ln p_ij the entropy of a row’s attention over the n_i keys that it sees, [BOS] among them; mean over the layers that gradients reach, heads, and the rows of a history from its second to [EMB], then over histories. The source averages heads first and does not divide by ln n_i.',
    sentence: () =>
      'L_ent is the share of its maximum that the entropy of a history’s attention lacks, mean over layers, heads, rows and histories, after Attanasio et al. (Findings of ACL 2022) [O].',
  },
};
