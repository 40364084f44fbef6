/** The targets that a run ranks, and their candidates. */
import { sampleUsers } from '../../log/sampling';
import type { Target } from '../../log/types';
import { targetsAtEnd } from '../../measures/ranking/userSample';
import type { PreparedRun, ReportProgress } from '../prepare/preparedRun';
import { candidatePools, drawPools } from './pools';
import { TargetRankings } from './targetRankings';
import { t } from '../../words/words';

export interface Targets {
  /** Test targets of the final evaluation and of the baselines. */
  readonly finals: readonly Target[];
  /**
   * The targets that the curves' sample is drawn from: the final ones, so that baselines are ranked once, or
   * those of validation.
   */
  readonly watched: readonly Target[];
}

/** @throws the signal's reason */
export async function chooseTargets(
  { data, spec, width }: Pick<PreparedRun, 'data' | 'spec' | 'width'>,
  progress: ReportProgress,
  signal?: AbortSignal,
): Promise<{ readonly targets: Targets; readonly rankings: TargetRankings }> {
  const pools = candidatePools(data, spec);
  const ranked = (targets: readonly Target[]): readonly Target[] =>
    pools === null ? targets : targets.filter((target) => pools.has(target));
  const targets = targetsOf(
    { spec, width, items: data.log.items.length },
    ranked(data.split.test),
    ranked(data.split.validation),
  );
  if (pools !== null) {
    const onProgress = (done: number, total: number): void => {
      progress('baselines', t('Drawing candidate pools'), done, total);
    };
    await drawPools(pools, targets.finals, { onProgress, signal });
  }
  return { targets, rankings: new TargetRankings(data, spec, pools) };
}

function targetsOf(
  { spec, width, items }: Pick<PreparedRun, 'spec' | 'width'> & { readonly items: number },
  test: readonly Target[],
  validation: readonly Target[],
): Targets {
  const { evaluation, training, seed } = spec;
  const { finalUsers, sampleUsers: asked, watch, sasrecSteps } = evaluation;
  const sizes = { targets: test.length, items, width, trained: training.steps * training.batchSize };
  const finals = sampleUsers(test, targetsAtEnd(finalUsers, sizes), seed);
  if (watch === 'test') return { finals, watched: finals };
  // The trained baseline ranks everything that may be watched.
  const enough = asked === 'auto' ? finals.length : asked;
  return { finals, watched: sasrecSteps > 0 ? sampleUsers(validation, enough, seed) : validation };
}

/** The same with at most so many final targets; the sample is drawn from these, if it is of test targets. */
export function withFinals(targets: Targets, most: number, seed: number): Targets {
  const { finals, watched } = targets;
  if (most >= finals.length) return targets;
  const fewer = sampleUsers(finals, most, seed);
  return { finals: fewer, watched: watched === finals ? fewer : watched };
}
