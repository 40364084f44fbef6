/**
 * Presets of earlier versions, unchanged: links of version 1 name them, and so may scripts. None of them is offered, and
 * none may change.
 */
import { runSpecSchema, type RunSpec } from './runSpec';

/** Three passes over the probe decoder's pairs, at 64 users per step. */
const PROBE_STEPS = 200;

export const EARLIER_PRESETS: Readonly<Record<string, RunSpec>> = {
  quick: runSpecSchema.parse({
    model: { precision: 'auto' },
    name: 'Quick: Action against KARMA',
    training: { steps: 100, batchSize: 12, learningRate: 3e-3, warmupSteps: 5 },
    evaluation: { evaluations: 5, probes: 4 },
  }),
  standard: runSpecSchema.parse({ model: { precision: 'auto' }, evaluation: { probeSteps: PROBE_STEPS } }),
  paper: runSpecSchema.parse({
    model: { precision: 'auto' },
    name: 'Paper-like: Action against KARMA',
    objective: { actionLoss: 'pairwise', itemInput: 'hidden' },
    evaluation: { probeSteps: PROBE_STEPS },
  }),
  overfit: runSpecSchema.parse({
    model: { precision: 'auto' },
    name: 'Overfitting: Action against KARMA',
    training: { steps: 1500, learningRate: 4e-3, weightDecay: 0, clipNorm: 0 },
    evaluation: { evaluations: 15, probeSteps: PROBE_STEPS },
  }),
};
