/**
 * Presets of earlier versions: links name them, and recorded runs were made with them. None of them may
 * change.
 */
import { namedArm } from './namedArms';
import { PRESETS } from './presets';
import { runSpecSchema, type RunSpec } from './runSpec';

type Changes = Readonly<Record<string, object | string>>;

/** Sections one over the other; they are parsed when the recipe is asked for, which few visitors do. */
function read(...all: readonly Changes[]): () => RunSpec {
  return () => {
    const spec: Record<string, unknown> = { version: 1, model: { precision: 'auto' } };
    for (const [name, value] of all.flatMap((one) => Object.entries(one)))
      spec[name] = typeof value === 'string' || Array.isArray(value) ? value : { ...(spec[name] as object), ...value };
    return runSpecSchema.parse(spec);
  };
}

/** Three passes over the probe decoder's pairs, at 64 users per step. */
const PROBED = { evaluation: { probeSteps: 200 } };

const VERSION_1 = {
  quick: read({
    name: 'Quick: Action against KARMA',
    training: { steps: 100, batchSize: 12, learningRate: 3e-3, warmupSteps: 5 },
    evaluation: { evaluations: 5, probes: 4 },
  }),
  standard: read(PROBED),
  paper: read(PROBED, { name: 'Paper-like: Action against KARMA', objective: { actionLoss: 'pairwise', itemInput: 'hidden' } }),
  overfit: read({
    name: 'Overfitting: Action against KARMA',
    training: { steps: 1500, learningRate: 4e-3, weightDecay: 0, clipNorm: 0 },
    evaluation: { evaluations: 15, probeSteps: 200 },
  }),
};

/** Heads were fitted before the first step. */
const STORE: Changes = {
  objective: { headStart: 'fitted', embToken: 'last-item', embeddingSize: 128, maxHistory: 12, maxTextTokens: 16 },
  training: { steps: 200, batchSize: 16, learningRate: 4e-3, crop: 'whole' },
  evaluation: { watch: 'validation', sampleUsers: 300, evaluations: 8, probes: 6, prompts: 'auto' },
};
const QUICK: Changes = {
  name: 'Quick: Action against KARMA',
  objective: { embeddingSize: 64 },
  training: { steps: 100, batchSize: 12, learningRate: 5e-3, warmupSteps: 5, textShare: 0.5 },
  evaluation: { sampleUsers: 64, finalUsers: 1500, evaluations: 3, spacing: 'early', probes: 4, texts: 16 },
};
const THREE = (['action', 'karma', 'shuffled'] as const).map((name) => namedArm(name));
const TWO = THREE.slice(0, 2);

const VERSION_4 = {
  collapse: read(STORE, { name: 'Collapse: a rate four times too high', training: { learningRate: 1.6e-2 } }, PROBED),
  tuned: read(STORE, { name: 'Tuned: each arm at its own rate', arms: THREE.map((arm) => ({ ...arm, learningRate: 4e-3 })) }),
  quick: read(STORE, QUICK),
  rank: read(STORE, {
    name: 'Rank: LoRA of rank 8 and 64',
    arms: [
      ...TWO.map((arm) => ({ ...arm, rank: 8 })),
      ...TWO.map((arm) => ({ ...arm, id: `${arm.id}-64`, label: `${arm.label} · rank 64`, rank: 64 })),
    ],
  }),
  unseen: read(STORE, { name: 'Unseen departments', data: { heldOutCategories: 0.4 } }),
  few: read(STORE, { name: 'Few users', arms: THREE, data: { trainingUsers: 300 }, training: { steps: 400 } }),
  paper: read(STORE, {
    name: 'Paper-like: pairwise loss',
    objective: { actionLoss: 'pairwise', similarity: 'dot' },
  }),
  ids: read(STORE, { name: 'IDs against content', objective: { itemOutput: 'content+id' } }),
};
/** Quick measured more users and texts. */
const VERSION_3 = { ...VERSION_4, quick: read(STORE, QUICK, { evaluation: { sampleUsers: 150, texts: 64 } }) };
/** The same, and its evaluations were evenly spaced. */
const VERSION_2 = { ...VERSION_4, quick: read(STORE, QUICK, { evaluation: { sampleUsers: 150, texts: 64, spacing: 'even' } }) };

/** Quick was shorter, and its rate decayed; the others are today's. */
const VERSION_5 = {
  ...Object.fromEntries(PRESETS.map(({ id, spec }) => [id, () => spec])),
  quick: () =>
    runSpecSchema.parse({
      name: 'Quick: Action against KARMA',
      training: { steps: 60, batchSize: 12, warmupSteps: 5, textShare: 0.5 },
      evaluation: { sampleUsers: 64, finalUsers: 1500, evaluations: 3, spacing: 'early', texts: 16, prompts: 'auto' },
    }),
};

const EARLIER = { '1': VERSION_1, '2': VERSION_2, '3': VERSION_3, '4': VERSION_4, '5': VERSION_5 } as const;
export type EarlierVersion = keyof typeof EARLIER;

export function isEarlierVersion(version: string): version is EarlierVersion {
  return Object.hasOwn(EARLIER, version);
}

export function earlierPreset(version: EarlierVersion, id: string): RunSpec | undefined {
  return (EARLIER[version] as Readonly<Record<string, () => RunSpec>>)[id]?.();
}
