/** Stage 8: the arms at their common start, and the evaluator that measures them. */
import type { Arm } from '../../engine/arm';
import type { TimedArm } from '../train/checkpoint';
import { Measure } from '../evaluate/measure';
import { StepWatch } from '../train/plausibility';
import { chooseProbes, type Probes } from '../prepare/probes';
import { armStart, type StartContext } from './start';

/** An arm, and what its steps are watched by. */
export interface Runner extends TimedArm {
  readonly watch: StepWatch;
}

export interface ArmsContext extends StartContext {
  readonly runners: readonly Runner[];
  /** The base model: the first arm before its first step, unless it has a sink token or arms start from an adapter. */
  readonly untrained: Arm;
  readonly probes: Probes;
  readonly measure: Measure;
}

export function startArms(context: StartContext): ArmsContext {
  const { inputs, engine, data, spec, rankings, begin, initial } = context;
  const { tokenizer } = inputs.model;
  const runners = spec.arms.map((arm): Runner => {
    return { arm: engine.createArm(arm, armStart(context, arm)), watch: new StepWatch(), seconds: 0 };
  });
  const probes = chooseProbes(data, spec.evaluation.probes, spec.seed, engine.packOptions(false), tokenizer);
  const measure = new Measure(engine, data, probes, spec, tokenizer, rankings);
  const first = runners[0]!.arm;
  const asBase = begin === initial && !first.spec.sinkToken;
  const untrained = asBase ? first : engine.createArm({ ...first.spec, sinkToken: false }, initial, 0);
  return { ...context, runners, probes, measure, untrained };
}
