/** Stage 1: the log, tokenised for the model. */
import { checkProtocol } from '../../measures/ranking/protocol';
import { featureWidth } from '../prepare/featureTables';
import { prepareData, type PreparedData } from '../prepare/preparedData';
import type { Context } from './context';
import { t } from '../../words/words';

export interface DataContext extends Context {
  readonly data: PreparedData;
  /** Size of an item's features under this model. */
  readonly width: number;
}

/** @throws ProtocolError, RangeError (a log too small to train on), the signal's reason */
export async function prepare(context: Context): Promise<DataContext> {
  const { inputs, progress } = context;
  const { spec, model, signal } = inputs;
  const { log, split } = inputs.data;
  checkProtocol(spec, { log, split });
  const onProgress = (done: number, total: number): void => {
    progress('log', t('Tokenising item texts'), done, total);
  };
  onProgress(0, 0);
  const data = await prepareData(log, split, model, spec, { onProgress, signal });
  return { ...context, data, width: featureWidth(spec, model.config, log) };
}
