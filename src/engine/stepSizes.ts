/** Maximum number of rows of each kind in a micro-batch, by which buffers are sized. */
import { scoredRows, type EngineInputs } from './engineInputs';
import { codeSizes } from '../recipe/codeIndex';
import { ACTION_LOSSES } from './losses/actionLosses';

export interface StepSizes {
  /** Maximum number of examples per pass. */
  readonly microBatch: number;
  /**
   * Maximum number of histories of a pass that only reads them: as many as fill the rows that a step's texts
   * would take.
   */
  readonly readBatch: number;
  /** Maximum number of rows of a probe: a history without its sink token, query and text. */
  readonly probeRows: number;
  /** Maximum number of rows of the pass over histories, and of the one over texts. */
  readonly rows: number;
  readonly textRows: number;
  /** Maximum number of tokens of items (interface `token`) or of their codes (`semantic`). */
  readonly denseRows: number;
  /** Maximum number of items in histories. */
  readonly historyItems: number;
  /** Maximum number of predictions, and of the candidates that they are scored against. */
  readonly predictions: number;
  readonly candidates: number;
  /** Maximum number of pairs of a prediction and an item that was shown with its target. */
  readonly exposedPairs: number;
}

/** Beams that a pass over requests has room for, however small its micro-batches. */
const BEAM_ROWS = 64;

export function stepSizes({
  spec,
  items,
  maxExposed,
  maxQueryTokens,
  maxEarlier = 0,
}: Pick<EngineInputs, 'spec' | 'items' | 'maxExposed' | 'maxQueryTokens' | 'maxEarlier'>): StepSizes {
  const { objective, training } = spec;
  const { itemInterface, maxHistory, maxTextTokens, maxTitleTokens, positions, actionLoss, embToken, lambdaExp } = objective;
  const microBatch = Math.ceil(training.batchSize / training.accumulate);
  const semantic = itemInterface === 'semantic';
  /** Predictions of an item. */
  const levels = semantic ? codeSizes(objective).length : 1;
  const beamRows = semantic ? BEAM_ROWS : 0;
  const probeRows = 2 + maxHistory * (itemInterface === 'text' ? maxTitleTokens + 1 : levels);
  const sinkRows = Number(spec.arms.some(({ sinkToken }) => sinkToken));
  const queryRows = maxQueryTokens > 0 ? 1 + maxQueryTokens : 0;
  const predictionsEach = levels * (positions === 'last' ? 1 : maxHistory);
  const exposedPairs = lambdaExp > 0 ? microBatch * predictionsEach * maxExposed : 0;
  const historyRows = probeRows + sinkRows + queryRows;
  const rows = beamRows + microBatch * (historyRows + levels - 1 + maxTextTokens - 1);
  const readBatch = semantic ? microBatch : Math.floor(rows / historyRows);
  return {
    microBatch,
    readBatch,
    probeRows,
    rows,
    textRows: microBatch * maxTextTokens,
    denseRows:
      itemInterface === 'text' ? 0 : beamRows + readBatch * (levels * maxHistory + levels - 1 + Number(embToken === 'last-item')),
    historyItems: readBatch * (maxEarlier + maxHistory),
    predictions: Math.max(beamRows + microBatch * predictionsEach, readBatch),
    candidates: ACTION_LOSSES[actionLoss].candidates.most({
      items: scoredRows(spec, items),
      predictions: training.batchSize * predictionsEach,
      exposed: Math.min(items, exposedPairs),
    }),
    exposedPairs,
  };
}
