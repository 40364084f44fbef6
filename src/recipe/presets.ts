/** Named starting points of the recipe, each for a question. The first one opens the page. */
import { message, t } from '../words/words';
import { namedArm } from './namedArms';
import { DEFAULT_ARMS, runSpecSchema, type ArmSpec, type RunSpec } from './runSpec';

export const PRESET_IDS = ['collapse', 'tuned', 'quick', 'rank', 'unseen', 'few', 'paper', 'ids'] as const;
export type PresetId = (typeof PRESET_IDS)[number];

export interface Preset {
  readonly id: PresetId;
  readonly label: string;
  /** The question, and how the preset answers it. */
  readonly note: string;
  readonly spec: RunSpec;
}

interface Changes {
  readonly arms?: readonly ArmSpec[];
  readonly data?: Partial<RunSpec['data']>;
  readonly lora?: Partial<RunSpec['lora']>;
  readonly objective?: Partial<RunSpec['objective']>;
  readonly training?: Partial<RunSpec['training']>;
  readonly evaluation?: Partial<RunSpec['evaluation']>;
}

/** A recipe that learns on the sample store in a few minutes: heads fitted first, whole histories, the last item at [EMB]. */
function store(name: string, { arms, data, lora, objective, training, evaluation }: Changes): RunSpec {
  return runSpecSchema.parse({
    name,
    model: { precision: 'auto' },
    ...(arms && { arms }),
    ...(data && { data }),
    ...(lora && { lora }),
    objective: {
      headStart: 'fitted',
      embToken: 'last-item',
      embeddingSize: 128,
      maxHistory: 12,
      maxTextTokens: 16,
      ...objective,
    },
    training: { steps: 200, batchSize: 16, learningRate: 4e-3, crop: 'whole', ...training },
    // Choices are made on validation targets; the final evaluation is on test targets.
    evaluation: { watch: 'validation', sampleUsers: 300, evaluations: 8, probes: 6, prompts: 'auto', ...evaluation },
  });
}

const [action, karma] = DEFAULT_ARMS as readonly [ArmSpec, ArmSpec];
/** Variants of an arm in one experiment: `action-64`, Action · rank 64. */
function beside(arm: ArmSpec, id: string, words: string, own: Partial<ArmSpec>): ArmSpec {
  return { ...arm, id: `${arm.id}-${id}`, label: `${arm.label} · ${words}`, ...own };
}

const SPECS: Readonly<Record<PresetId, Omit<Preset, 'id'>>> = {
  collapse: {
    label: message('Collapse'),
    note: message(
      'What does a learning rate four times too high do? With the action loss alone, language is lost and attention sinks on items.',
    ),
    spec: store('Collapse: a rate four times too high', {
      training: { learningRate: 1.6e-2 },
      evaluation: { probeSteps: 200 },
    }),
  },
  tuned: {
    label: message('Tuned'),
    note: message('What remains of the difference when each arm is trained at its own best rate?'),
    spec: store('Tuned: each arm at its own rate', {
      arms: [action, karma, namedArm('shuffled')].map((arm) => ({ ...arm, learningRate: 4e-3 })),
    }),
  },
  quick: {
    label: message('Quick (no GPU)'),
    note: message(
      'Both arms on two cores and a software adapter in a minute and a half: to see it work, not to draw conclusions.',
    ),
    spec: store('Quick: Action against KARMA', {
      objective: { embeddingSize: 64, headStartUsers: 2000, headStartSteps: 120, headStartRows: 256, headStartRate: 2e-2 },
      training: { steps: 100, batchSize: 12, learningRate: 5e-3, warmupSteps: 5, textShare: 0.5 },
      evaluation: { sampleUsers: 64, finalUsers: 1500, evaluations: 3, spacing: 'early', probes: 4, texts: 16 },
    }),
  },
  rank: {
    label: message('Rank'),
    note: message('Does a larger adapter collapse sooner? Both arms with LoRA of rank 8 and of rank 64.'),
    spec: store('Rank: LoRA of rank 8 and 64', {
      arms: [8, 64].flatMap((rank) =>
        [action, karma].map((arm) => (rank === 8 ? { ...arm, rank } : beside(arm, String(rank), `rank ${rank}`, { rank }))),
      ),
    }),
  },
  unseen: {
    label: message('Unseen departments'),
    note: message(
      'How well does an arm do in departments it was never trained on? Two in five departments are held out; their targets are the cold ones.',
    ),
    spec: store('Unseen departments', { data: { heldOutCategories: 0.4 } }),
  },
  few: {
    label: message('Few users'),
    note: message('What helps when there is little to learn from? 300 users are trained on, for 400 steps.'),
    spec: store('Few users', {
      arms: [action, karma, namedArm('shuffled')],
      data: { trainingUsers: 300 },
      training: { steps: 400 },
    }),
  },
  paper: {
    label: message('Paper-like'),
    note: message('The paper’s loss: pairwise, dot products without a temperature, one λ.'),
    spec: store('Paper-like: pairwise loss', { objective: { actionLoss: 'pairwise', similarity: 'dot' } }),
  },
  ids: {
    label: message('IDs against content'),
    note: message(
      'What do free item embeddings gain, and at which items’ cost? Each item is its features plus an embedding of its own; compare warm and cold targets with those of Tuned.',
    ),
    spec: store('IDs against content', { objective: { itemOutput: 'content+id' } }),
  },
};

/** With label and note in the active language, whenever they are read. */
export const PRESETS: readonly Preset[] = PRESET_IDS.map((id) => ({
  id,
  get label() {
    return t(SPECS[id].label);
  },
  get note() {
    return t(SPECS[id].note);
  },
  spec: SPECS[id].spec,
}));
