/** Named starting points of the recipe, each for a question. The first one opens the page. */
import { message, t } from '../words/words';
import { namedArm } from './namedArms';
import { DEFAULT_ARMS, runSpecSchema, type ArmSpec, type RunSpec } from './runSpec';

export const PRESET_IDS = ['strong', 'collapse', 'quick', 'rank', 'unseen', 'few', 'paper', 'ids'] as const;
export type PresetId = (typeof PRESET_IDS)[number];

export function isPreset(id: string): id is PresetId {
  return PRESET_IDS.some((one) => one === id);
}

export interface Preset {
  readonly id: PresetId;
  readonly label: string;
  /** The question, and how the preset answers it. */
  readonly note: string;
  readonly spec: RunSpec;
}

/**
 * The one recipe, with what the page shows beside figures: texts, and curves that are dense where most
 * changes.
 */
function varied(
  name: string,
  { evaluation, ...changes }: Readonly<Record<string, unknown>> & { readonly evaluation?: object },
): RunSpec {
  return runSpecSchema.parse({
    name,
    ...changes,
    evaluation: { evaluations: 8, spacing: 'early', prompts: 'auto', ...evaluation },
  });
}

const [action, karma] = DEFAULT_ARMS as readonly [ArmSpec, ArmSpec];
/** Variants of an arm in one experiment: `action-64`, Action · rank 64. */
function beside(arm: ArmSpec, id: string, words: string, own: Partial<ArmSpec>): ArmSpec {
  return { ...arm, id: `${arm.id}-${id}`, label: `${arm.label} · ${words}`, ...own };
}

const SPECS: Readonly<Record<PresetId, Omit<Preset, 'id'>>> = {
  strong: {
    label: message('Strong'),
    note: message(
      'What do text losses do at a rate that suits ranking? Action and KARMA beside three controls: the text of random items, the plain cure for forgetting, and targets from which nothing can be learned.',
    ),
    spec: varied('Strong: Action against KARMA, with controls', {
      arms: [action, karma, namedArm('shuffled'), namedArm('kl'), namedArm('random-target')],
      // Its recorded run is the one that opens the page, with five arms.
      evaluation: { evaluations: 6, probes: 2 },
    }),
  },
  collapse: {
    label: message('Collapse'),
    note: message(
      'What does a learning rate four times too high do? With the action loss alone, language is lost and attention sinks on items.',
    ),
    spec: varied('Collapse: a rate four times too high', { training: { learningRate: 2e-3 }, evaluation: { probeSteps: 200 } }),
  },
  quick: {
    label: message('Quick (no GPU)'),
    note: message(
      'Both arms on two cores and a software adapter in two to three minutes: to see it happen, not to draw conclusions.',
    ),
    spec: varied('Quick: Action against KARMA', {
      // At the full rate to the end, as Strong is in its first hundred steps: in sixty that decay, no sinks
      // form.
      training: { steps: 100, batchSize: 12, warmupSteps: 5, textShare: 0.5, finalLearningRateShare: 1 },
      evaluation: { sampleUsers: 64, finalUsers: 1500, evaluations: 3, texts: 16 },
    }),
  },
  rank: {
    label: message('Rank'),
    note: message('Does a larger adapter collapse sooner? Both arms with LoRA of rank 8 and of rank 64.'),
    spec: varied('Rank: LoRA of rank 8 and 64', {
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
    spec: varied('Unseen departments', { data: { heldOutCategories: 0.4 } }),
  },
  few: {
    label: message('Few users'),
    note: message('What helps when there is little to learn from? 300 users are trained on, for 400 steps.'),
    spec: varied('Few users', {
      arms: [action, karma, namedArm('shuffled')],
      data: { trainingUsers: 300 },
      training: { steps: 400 },
    }),
  },
  paper: {
    label: message('Paper-like'),
    note: message(
      'The paper’s loss: pairwise, one λ, and as much weight for items that were shown and not clicked. Items are compared by their cosine: their features as they are have no scale for dot products.',
    ),
    spec: varied('Paper-like: pairwise loss', { objective: { actionLoss: 'pairwise', lambdaExp: 1 } }),
  },
  ids: {
    label: message('IDs against content'),
    note: message(
      'What do free item embeddings gain, and at which items’ cost? Each item is its features plus an embedding of its own; compare warm and cold targets with those of Strong.',
    ),
    spec: varied('IDs against content', { objective: { itemOutput: 'content+id' } }),
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
