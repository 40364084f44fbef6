import { sampleUsers } from '../../log/sampling';
import type { PreparedRun, ReportProgress } from '../prepare/preparedRun';
import { sasrecRates, trainSasrec, type TrainedBaseline } from './sasrec';
import { SASREC_TARGETS } from './sasrecTuning';
import type { TargetRankings } from './targetRankings';
import type { Targets } from './targets';
import { t } from '../../words/words';

/**
 * The trained baseline, if the recipe asks for it. It uses the GPU before the run's own model does, and is
 * freed before that is loaded.
 * @throws DivergedError, the signal's reason, and what the GPU throws
 */
export async function trainBaseline(
  { gpu, data, spec }: Pick<PreparedRun, 'gpu' | 'data' | 'spec'>,
  { finals, watched }: Targets,
  rankings: TargetRankings,
  progress: ReportProgress,
  signal?: AbortSignal,
): Promise<TrainedBaseline | null> {
  const { sasrecSteps } = spec.evaluation;
  if (sasrecSteps === 0) return null;
  const total = sasrecSteps * sasrecRates(spec).length;
  progress('id-model', t('Starting from random weights'), 0, total);
  const onStep = (done: number, loss: number, rate: number): void => {
    const values = { rate: String(rate), loss: loss.toFixed(3) };
    progress('id-model', t('Learning rate {rate}, action loss {loss}', values), done, total);
  };
  const judged = sampleUsers(data.split.validation, Math.min(SASREC_TARGETS, finals.length), spec.seed);
  const targets = [...new Set([...finals, ...watched])];
  return trainSasrec(gpu, data, spec, { judged, targets, rankings }, { onStep, signal });
}
