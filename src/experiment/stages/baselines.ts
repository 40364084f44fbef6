/**
 * Stage 5: the targets that are ranked, their candidates, and the trained baseline, which uses the GPU before the run's own model does. Baselines
 * that need no training rank while kernels are compiled (`warmUp.ts`).
 */
import { sampleUsers } from '../../log/sampling';
import type { Target } from '../../log/types';
import type { CandidatePools } from '../../measures/ranking/candidatePools';
import { targetsAtEnd } from '../../measures/ranking/userSample';
import type { RunSpec } from '../../recipe/runSpec';
import { candidatePools, drawPools } from '../evaluate/pools';
import type { PreparedData } from '../prepare/preparedData';
import { sasrecRates, trainSasrec, type TrainedBaseline } from '../evaluate/sasrec';
import { SASREC_TARGETS } from '../evaluate/sasrecTuning';
import { TargetRankings } from '../evaluate/targetRankings';
import type { FeaturesContext } from './features';
import { t } from '../../words/words';

interface RankedTargets {
  /** Test targets of the final evaluation and of the baselines. */
  readonly finals: readonly Target[];
  /** The targets that the curves' sample is drawn from: the final ones, so that baselines are ranked once, or those of validation. */
  readonly watched: readonly Target[];
}

export interface BaselinesContext extends FeaturesContext, RankedTargets {
  /** Of the pre-ranking protocol. */
  readonly pools: CandidatePools | null;
  readonly rankings: TargetRankings;
  /** The SASRec-size model's ranks, if the recipe asks for them. */
  readonly sasrec: TrainedBaseline | null;
}

/** @throws DivergedError, the signal's reason, and what the GPU throws */
export async function prepareBaselines(context: FeaturesContext): Promise<BaselinesContext> {
  const { inputs, data, spec, width, progress } = context;
  const { signal } = inputs;
  const pools = candidatePools(data, spec);
  const targets = targetsOf(data, spec, width, pools);
  if (pools !== null) {
    const onProgress = (done: number, total: number): void => {
      progress('baselines', t('Drawing candidate pools'), done, total);
    };
    await drawPools(pools, targets.finals, { onProgress, signal });
  }
  const rankings = new TargetRankings(data, spec, pools);
  return { ...context, ...targets, pools, rankings, sasrec: await trainedBaseline(context, targets, rankings) };
}

function targetsOf(
  { log, split }: PreparedData,
  { evaluation, training, seed }: RunSpec,
  width: number,
  pools: CandidatePools | null,
): RankedTargets {
  const ranked = (targets: readonly Target[]): readonly Target[] =>
    pools === null ? targets : targets.filter((target) => pools.has(target));
  const [test, validation] = [ranked(split.test), ranked(split.validation)];
  const { finalUsers, sampleUsers: asked, watch, sasrecSteps } = evaluation;
  const sizes = { targets: test.length, items: log.items.length, width, trained: training.steps * training.batchSize };
  const finals = sampleUsers(test, targetsAtEnd(finalUsers, sizes), seed);
  if (watch === 'test') return { finals, watched: finals };
  // The trained baseline ranks everything that may be watched.
  const enough = asked === 'auto' ? finals.length : asked;
  return { finals, watched: sasrecSteps > 0 ? sampleUsers(validation, enough, seed) : validation };
}

/** It is freed before the run's own model is loaded. */
async function trainedBaseline(
  { inputs, data, spec, progress }: FeaturesContext,
  { finals, watched }: RankedTargets,
  rankings: TargetRankings,
): Promise<TrainedBaseline | null> {
  const { sasrecSteps } = spec.evaluation;
  // A resumed run has it in its record.
  if (sasrecSteps === 0 || inputs.resume) return null;
  const total = sasrecSteps * sasrecRates(spec).length;
  progress('id-model', t('Starting from random weights'), 0, total);
  const onStep = (done: number, loss: number, rate: number): void => {
    const values = { rate: String(rate), loss: loss.toFixed(3) };
    progress('id-model', t('Learning rate {rate}, action loss {loss}', values), done, total);
  };
  const judged = sampleUsers(data.split.validation, Math.min(SASREC_TARGETS, finals.length), spec.seed);
  const targets = [...new Set([...finals, ...watched])];
  return trainSasrec(inputs.gpu, data, spec, { judged, targets, rankings }, { onStep, signal: inputs.signal });
}
