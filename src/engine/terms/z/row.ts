/** (log Σ exp score)² of a row. */
import type { RowLoss } from '../../losses/rowLoss';

export const SQUARED_LOG_SUM: RowLoss = { shader: 'logz', kept: 2 };
