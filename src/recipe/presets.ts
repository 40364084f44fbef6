/** Named starting points of the recipe. */
import { runSpecSchema, type RunSpec } from './runSpec';

export type PresetId = 'quick' | 'standard' | 'paper' | 'overfit';

export interface Preset {
  readonly id: PresetId;
  readonly label: string;
  readonly note: string;
  readonly spec: RunSpec;
}

/** Three passes over the probe decoder's pairs, at 64 users a step. */
const PROBE_STEPS = 200;

export const PRESETS: readonly Preset[] = [
  {
    id: 'quick',
    label: 'Quick (no GPU)',
    note: 'Both arms on two cores and a software adapter in under five minutes: to see it work, not to conclude.',
    spec: runSpecSchema.parse({
      model: { precision: 'auto' },
      name: 'Quick: Action against KARMA',
      training: { steps: 100, batchSize: 12, learningRate: 3e-3, warmupSteps: 5 },
      evaluation: { evaluations: 5, probes: 4, prompts: 'auto' },
    }),
  },
  {
    id: 'standard',
    label: 'Standard',
    note: 'For a GPU: 400 steps of 64 users, the action loss that makes the action arm strongest.',
    spec: runSpecSchema.parse({ model: { precision: 'auto' }, evaluation: { probeSteps: PROBE_STEPS, prompts: 'auto' } }),
  },
  {
    id: 'paper',
    label: 'Paper-like',
    note: 'The paper’s pairwise loss with in-batch and exposed negatives, items as projected hidden states.',
    spec: runSpecSchema.parse({
      model: { precision: 'auto' },
      name: 'Paper-like: Action against KARMA',
      objective: { actionLoss: 'pairwise', itemInput: 'hidden' },
      evaluation: { probeSteps: PROBE_STEPS, prompts: 'auto' },
    }),
  },
  {
    id: 'overfit',
    label: 'Overfit on purpose',
    note: 'Long, fast and without decay: collapse, where it comes, comes clearest.',
    spec: runSpecSchema.parse({
      model: { precision: 'auto' },
      name: 'Overfitting: Action against KARMA',
      training: { steps: 1500, learningRate: 4e-3, weightDecay: 0, clipNorm: 0 },
      evaluation: { evaluations: 15, probeSteps: PROBE_STEPS, prompts: 'auto' },
    }),
  },
];
