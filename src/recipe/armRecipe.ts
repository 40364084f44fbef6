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

/** The schedule of an arm: the recipe's, with its own rate and warm-up. */
export function armTraining(
  { training }: { readonly training: TrainingSpec },
  { learningRate, warmupSteps }: ArmSpec,
): TrainingSpec {
  return {
    ...training,
    learningRate: learningRate ?? training.learningRate,
    warmupSteps: warmupSteps ?? training.warmupSteps,
  };
}

/** How the heads of an arm start, if a fit is defined. */
export function armHeadStart(
  { objective }: { readonly objective: { readonly headStart: HeadStartChoice } },
  { headStart }: ArmSpec,
): HeadStartChoice {
  return headStart ?? objective.headStart;
}
