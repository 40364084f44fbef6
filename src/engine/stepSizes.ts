/** Maximum number of rows of each kind in a micro-batch, by which buffers are sized. */
import type { EngineInputs } from './engineInputs';
import { ACTION_LOSSES } from './losses/actionLosses';

export interface StepSizes {
  /** Maximum number of examples per pass. */
  readonly microBatch: number;
  /** Maximum number of rows of a probe: a history without its sink token, query and text. */
  readonly probeRows: number;
  /** Maximum number of rows of the pass over histories, and of the one over texts. */
  readonly rows: number;
  readonly textRows: number;
  /** Maximum number of item tokens (interface `token`). */
  readonly denseRows: number;
  /** Maximum number of items in histories. */
  readonly historyItems: number;
  /** Maximum number of predictions, and of the candidates that they are scored against. */
  readonly predictions: number;
  readonly candidates: number;
}

export function stepSizes({
  spec,
  items,
  maxExposed,
  maxQueryTokens,
}: Pick<EngineInputs, 'spec' | 'items' | 'maxExposed' | 'maxQueryTokens'>): StepSizes {
  const { objective, training } = spec;
  const { itemInterface, maxHistory, maxTextTokens, maxTitleTokens, positions, actionLoss, embToken } = objective;
  const microBatch = Math.ceil(training.batchSize / training.accumulate);
  const probeRows = 2 + maxHistory * (itemInterface === 'token' ? 1 : maxTitleTokens + 1);
  const sinkRows = Number(spec.arms.some(({ sinkToken }) => sinkToken));
  const queryRows = maxQueryTokens > 0 ? 1 + maxQueryTokens : 0;
  const predictionsEach = positions === 'all' ? maxHistory : 1;
  return {
    microBatch,
    probeRows,
    rows: microBatch * (probeRows + sinkRows + queryRows + maxTextTokens - 1),
    textRows: microBatch * maxTextTokens,
    denseRows: itemInterface === 'token' ? microBatch * (maxHistory + Number(embToken === 'last-item')) : 0,
    historyItems: microBatch * maxHistory,
    predictions: microBatch * predictionsEach,
    candidates: ACTION_LOSSES[actionLoss].candidates.most({
      items,
      predictions: training.batchSize * predictionsEach,
      exposed: microBatch * maxExposed,
    }),
  };
}
