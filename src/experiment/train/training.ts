import type { TrainedArm } from '../../engine/trainedArm';
import type { PreparedRun } from '../prepare/preparedRun';

/** What can be requested of a run between its steps. */
export interface Training extends Pick<PreparedRun, 'data' | 'spec' | 'features'> {
  /**
   * The base model with the heads of the recipe's seed: what all arms start from, unless they start from an
   * adapter.
   */
  readonly initial: Pick<TrainedArm, 'layout' | 'flat'>;
  /** The arms as trained so far; must not be called after their last step, or after they are stopped. */
  readonly read: () => Promise<readonly TrainedArm[]>;
}

/**
 * Called before every step of the arms: resolves when it may run, with `stop` if the run should end. Before
 * it holds a run it calls `settle`, if there is one, which resolves when all steps so far have been reported.
 */
export type Gate = (settle?: () => Promise<void>) => Promise<'go' | 'stop'>;
