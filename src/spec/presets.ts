/** Named starting points of the recipe. */
import { runSpecSchema, type RunSpec } from './runSpec';

export type PresetId = 'quick' | 'standard';

export interface Preset {
  readonly id: PresetId;
  readonly label: string;
  readonly note: string;
  readonly spec: RunSpec;
}

export const PRESETS: readonly Preset[] = [
  {
    id: 'quick',
    label: 'Quick (no GPU)',
    note: 'Both arms on two cores and a software adapter in under five minutes.',
    spec: runSpecSchema.parse({
      name: 'Quick: Action against KARMA',
      training: { steps: 60, batchSize: 12, learningRate: 3e-3, warmupSteps: 5 },
      evaluation: { evaluations: 6, probes: 4 },
    }),
  },
  {
    id: 'standard',
    label: 'Standard',
    note: 'For a GPU: 400 steps of 64 users.',
    spec: runSpecSchema.parse({}),
  },
];
