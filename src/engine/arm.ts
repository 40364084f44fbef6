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
  /** Steps taken. */
  step: number;
}
