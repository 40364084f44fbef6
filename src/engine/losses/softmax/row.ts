import type { RowLoss } from '../rowLoss';

/** Cross-entropy: L_gen, L_rec, the NLL behind LM drift, and the softmax action losses. */
export const SOFTMAX: RowLoss = { shader: 'softmax', kept: 2 };
