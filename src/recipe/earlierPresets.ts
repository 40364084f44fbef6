/** Presets of earlier versions: links name them, and so may scripts. None of them may change. */
import { PRESETS } from './presets';
import { runSpecSchema, type RunSpec } from './runSpec';

/** Three passes over the probe decoder's pairs, at 64 users per step. */
const PROBE_STEPS = 200;

/** None of them is offered any more. */
const VERSION_1: Readonly<Record<string, RunSpec>> = {
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

/** As they are offered, Paper without L_exp. */
const VERSION_4 = withQuick({});
/** The same but for Quick, which measured more users and texts. */
const VERSION_3 = withQuick({ sampleUsers: 150, texts: 64 });
/** The same, and its evaluations were evenly spaced. */
const VERSION_2 = withQuick({ sampleUsers: 150, texts: 64, spacing: 'even' });

/** The presets that are offered, without L_exp and with other evaluations of Quick. */
function withQuick(evaluation: Partial<RunSpec['evaluation']>): Readonly<Record<string, RunSpec>> {
  return Object.fromEntries(
    PRESETS.map(({ id, spec }) => {
      const earlier = id === 'paper' ? { ...spec, objective: { ...spec.objective, lambdaExp: 0 } } : spec;
      return [id, id === 'quick' ? { ...spec, evaluation: { ...spec.evaluation, ...evaluation } } : earlier];
    }),
  );
}

const EARLIER = { '1': VERSION_1, '2': VERSION_2, '3': VERSION_3, '4': VERSION_4 } as const;
export type EarlierVersion = keyof typeof EARLIER;

export function isEarlierVersion(version: string): version is EarlierVersion {
  return Object.hasOwn(EARLIER, version);
}

export function earlierPreset(version: EarlierVersion, id: string): RunSpec | undefined {
  return EARLIER[version][id];
}
