/** The arms of a run at their common start. */
import type { Arm } from '../../engine/arm';
import { embeddingStatistics, type EmbeddingStatistics } from '../../engine/decoder/embeddingStatistics';
import type { Engine } from '../../engine/engine';
import { initialParameters, withLora } from '../../engine/parameters';
import { readTrainedArm, type TrainedArm } from '../../engine/trainedArm';
import { armLora } from '../../recipe/armRecipe';
import type { PreparedRun } from '../prepare/preparedRun';
import type { TimedArm } from './checkpoint';
import { StepWatch } from './plausibility';
import { startParameters, type StartAdapter } from './startAdapter';

/** An arm, and what its steps are watched by. */
export interface Runner extends TimedArm {
  readonly watch: StepWatch;
}

export interface ArmRunners {
  readonly runners: readonly Runner[];
  /**
   * The base model: the first arm before its first step, unless it has a sink token or arms start from an
   * adapter.
   */
  readonly untrained: Arm;
  /** Parameters of the base model with the heads of the recipe's seed. */
  readonly initial: Float32Array;
  /** Whether arms start from the adapter that the recipe names, and not from `initial`. */
  readonly fromAdapter: boolean;
  readonly embedding: EmbeddingStatistics;
}

/**
 * @throws ModelError when the adapter that the recipe names is not open or does not fit; what the GPU throws
 */
export async function startArms(
  engine: Engine,
  { model, spec }: Pick<PreparedRun, 'model' | 'spec'>,
  adapter: StartAdapter | null,
): Promise<ArmRunners> {
  const embedding = await embeddingStatistics(model.weights, model.config);
  const initial = initialParameters(engine.layout, model.config, embedding, spec);
  // `initial` itself if there is no adapter.
  const begin = startParameters(adapter, spec, model, engine.layout, initial);
  const fromAdapter = begin !== initial;
  const runners = spec.arms.map((arm): Runner => {
    const start = withLora(engine.layout, begin, armLora(spec, arm));
    return { arm: engine.createArm(arm, start), watch: new StepWatch(), seconds: 0 };
  });
  const first = runners[0]!.arm;
  const isBase = !fromAdapter && !first.spec.sinkToken;
  const untrained = isBase ? first : engine.createArm({ ...first.spec, sinkToken: false }, initial, 0);
  return { runners, untrained, initial, fromAdapter, embedding };
}

export async function readArms(engine: Engine, runners: readonly Runner[]): Promise<readonly TrainedArm[]> {
  const trained: TrainedArm[] = [];
  for (const { arm } of runners) trained.push(await readTrainedArm(engine, arm));
  return trained;
}
