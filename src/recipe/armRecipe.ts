/** Settings that an arm has of its own instead of the recipe's. */
import type { ArmSpec } from './sections/arms';
import type { LoraSpec } from './sections/lora';
import type { HeadStartChoice } from './sections/objective';
import type { TrainingSpec } from './sections/training';

/** The LoRA of an arm: the recipe's, with its own rank and layers. */
export function armLora({ lora }: { readonly lora: LoraSpec }, { rank, firstLayer }: ArmSpec): LoraSpec {
  return { ...lora, rank: rank ?? lora.rank, firstLayer: firstLayer ?? lora.firstLayer };
}

/** A LoRA with room for those of all arms: the largest rank, from the lowest layer on. */
export function widestLora(spec: { readonly lora: LoraSpec; readonly arms: readonly ArmSpec[] }): LoraSpec {
  const all = spec.arms.map((arm) => armLora(spec, arm));
  return {
    ...spec.lora,
    rank: Math.max(...all.map(({ rank }) => rank)),
    firstLayer: Math.min(...all.map(({ firstLayer }) => firstLayer)),
  };
}

/** The schedule of an arm: the recipe's, with its own rate, warm-up and β₂. */
export function armTraining(
  { training }: { readonly training: TrainingSpec },
  { learningRate, warmupSteps, beta2 }: ArmSpec,
): TrainingSpec {
  return {
    ...training,
    learningRate: learningRate ?? training.learningRate,
    warmupSteps: warmupSteps ?? training.warmupSteps,
    beta2: beta2 ?? training.beta2,
  };
}

/**
 * The schedule over all updates of an arm: with several per step, a step's have that step's rate, but for the
 * rise and fall within it.
 */
export function armSchedule(spec: { readonly training: TrainingSpec }, arm: ArmSpec): TrainingSpec {
  const training = armTraining(spec, arm);
  return { ...training, steps: training.steps * arm.updates, warmupSteps: training.warmupSteps * arm.updates };
}

/**
 * The batches of an arm's step 0, 1, …: that of all arms, then, for an arm with several updates per step,
 * some that follow the last step's.
 */
export function armBatches({ training }: { readonly training: TrainingSpec }, { updates }: ArmSpec, step: number): number[] {
  const further = training.steps + step * (updates - 1);
  return [step, ...Array.from({ length: updates - 1 }, (_, update) => further + update)];
}

/** The first batch that no arm was trained on. */
export function firstUnusedBatch(spec: { readonly training: TrainingSpec; readonly arms: readonly ArmSpec[] }): number {
  return spec.training.steps * Math.max(...spec.arms.map(({ updates }) => updates));
}

/** How the heads of an arm start, if a fit is defined. */
export function armHeadStart(
  { objective }: { readonly objective: { readonly headStart: HeadStartChoice } },
  { headStart }: ArmSpec,
): HeadStartChoice {
  return headStart ?? objective.headStart;
}
