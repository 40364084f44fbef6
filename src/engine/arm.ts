import type { Tensor } from '../gpu/tensor';
import type { ArmSpec } from '../recipe/runSpec';
import type { FlatViews } from './adapter';

/** An arm's trainable state. */
export interface Arm {
  readonly spec: ArmSpec;
  readonly flat: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
  readonly parameters: FlatViews;
  /** alpha / rank of its LoRA. */
  readonly loraScale: number;
  /** Updates taken. */
  step: number;
}

/** Steps that the arm has taken, each of as many updates as its recipe says: what arms are compared after. */
export function stepsOf({ step, spec }: Pick<Arm, 'step' | 'spec'>): number {
  return step / spec.updates;
}
