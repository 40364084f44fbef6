import type { RowLoss } from '../rowLoss';

/** Cross-entropy: L_gen, L_rec, the NLL behind LM drift, and the action losses that are a softmax. */
export const SOFTMAX: RowLoss = { shader: 'softmax', kept: 2 };
