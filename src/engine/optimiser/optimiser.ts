/** Global-norm clipping and AdamW over the flat parameter buffer; schedule of docs/method.md. */
import type { Tensor } from '../../gpu/tensor';
import type { RunSpec } from '../../recipe/runSpec';
import type { Context } from '../context';
import type { LossSlot } from '../losses/scoredLoss';
import type { ParameterLayout } from '../parameters';

/**
 * Number of partial sums of squares: a GPU needs more threads when free item embeddings make the buffer long.
 */
function partsOf(count: number): number {
  return count > 2 ** 22 ? 2 ** 14 : 2 ** 8;
}

/** The fields of a recipe that AdamW and its schedule need. */
export type OptimiserSettings = Pick<
  RunSpec['training'],
  | 'steps'
  | 'learningRate'
  | 'warmupSteps'
  | 'decay'
  | 'finalLearningRateShare'
  | 'beta1'
  | 'beta2'
  | 'epsilon'
  | 'weightDecay'
  | 'clipNorm'
>;

/**
 * Learning rate of step s = 0, 1, …: linear warm-up, times a linear or half-cosine decay to a share of the
 * peak, where it stays.
 */
export function learningRate(step: number, training: OptimiserSettings): number {
  const warmUp = Math.min(1, (step + 1) / Math.max(1, training.warmupSteps));
  const progress = Math.min(1, step / Math.max(1, training.steps - 1));
  const fallen = training.decay === 'cosine' ? (1 - Math.cos(Math.PI * progress)) / 2 : progress;
  return training.learningRate * warmUp * (1 - (1 - training.finalLearningRateShare) * fallen);
}

export class Optimiser {
  private readonly parts: Tensor;
  private readonly count: number;

  constructor(
    private readonly context: Context,
    private readonly layout: Pick<ParameterLayout, 'trained' | 'decayed'>,
    private readonly training: OptimiserSettings,
  ) {
    this.count = partsOf(layout.trained);
    this.parts = context.memory.tensor(this.count, 'gradient norm parts');
  }

  /**
   * One update; `step` counts from 0, and `rate` and `beta2` default to those of the settings. The norm
   * before clipping goes into the slot.
   */
  update(
    arm: { readonly flat: Tensor; readonly m: Tensor; readonly v: Tensor },
    gradients: Tensor,
    {
      step,
      rate = learningRate(step, this.training),
      beta2 = this.training.beta2,
    }: { readonly step: number; readonly rate?: number | undefined; readonly beta2?: number | undefined },
    { report, slot }: LossSlot,
  ): void {
    const { context, layout, training, count } = this;
    const prelude = { constants: { PARTS: count } };
    context.recorder.dispatch({
      kernel: context.kernels.file('square_sums', prelude),
      storage: { x: gradients, part: this.parts },
      params: { count: layout.trained },
      threads: count,
    });
    context.recorder.dispatch({
      kernel: context.kernels.file('gradient_norm', prelude),
      storage: { part: this.parts, out: report },
      params: { slot },
      workgroups: [1, 1, 1],
    });
    context.recorder.dispatch({
      kernel: context.kernels.file('adamw'),
      storage: { gradients, report, parameters: arm.flat, m: arm.m, v: arm.v },
      params: {
        count: layout.trained,
        decayed: layout.decayed,
        rate,
        decay: training.weightDecay,
        beta1: training.beta1,
        beta2,
        epsilon: training.epsilon,
        correction1: 1 - training.beta1 ** (step + 1),
        correction2: 1 - beta2 ** (step + 1),
        clip: training.clipNorm,
        norm_slot: slot,
      },
      threads: layout.trained,
    });
  }
}
