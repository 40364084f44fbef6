/** The form's fields by section. Ranges and types are the schema's; here are only words. */
import {
  actionLossSchema,
  featureSourceSchema,
  itemInputSchema,
  itemInterfaceSchema,
  itemOutputSchema,
  poolSourceSchema,
  precisionChoiceSchema,
  PROJECTIONS,
  protocolSchema,
} from '../../recipe/runSpec';
import type { SpecPath } from '../../recipe/specPath';

export type SectionId = 'model' | 'log' | 'objective' | 'training' | 'evaluation';

interface Common {
  readonly path: SpecPath;
  readonly label: string;
  /** Has a control of its own, above the fields. */
  readonly elsewhere?: true;
  /** Shown on hover. */
  readonly hint?: string;
}

export type FieldSpec =
  | (Common & { readonly kind: 'number' | 'text' | 'check' | 'numbers' | 'autoNumber' })
  | (Common & { readonly kind: 'select'; readonly options: readonly string[] })
  | (Common & { readonly kind: 'subset'; readonly options: readonly string[] });

export const FIELDS: Readonly<Record<SectionId, readonly FieldSpec[]>> = {
  model: [
    {
      path: 'model.id',
      label: 'Model',
      kind: 'text',
      elsewhere: true,
    },
    { path: 'model.revision', label: 'Revision on the hub', kind: 'text', hint: 'A branch, a tag or a commit.' },
    {
      path: 'model.baseUrl',
      label: 'Hub or mirror',
      kind: 'text',
      hint: 'Files are at {this address}/{model}/resolve/{revision}/…',
    },
    {
      path: 'model.precision',
      label: 'Frozen weights as',
      kind: 'select',
      options: precisionChoiceSchema.options,
      hint: 'auto: the most exact that this device has room for. Fewer bits save GPU memory; what they cost in accuracy is measured when a run starts. LoRA stays f32.',
    },
    { path: 'lora.start', label: 'Adapter that the arms start from', kind: 'text', elsewhere: true },
    { path: 'lora.rank', label: 'LoRA rank r', kind: 'number' },
    { path: 'lora.alpha', label: 'LoRA α', kind: 'number', hint: 'The update is scaled by α / r.' },
    { path: 'lora.targets', label: 'Adapted projections', kind: 'subset', options: PROJECTIONS },
    { path: 'lora.firstLayer', label: 'Adapted from layer (0 = all)', kind: 'number' },
    {
      path: 'lora.trainInputs',
      label: 'Train what enters below the first layer',
      kind: 'check',
      hint: 'W_in and the vectors [EMB], [QUERY], [ITEM]. Off, gradients stop at the first adapted layer: less time and memory.',
    },
  ],
  log: [
    { path: 'data.itemTemplate', label: 'Item text y', kind: 'text', elsewhere: true },
    { path: 'data.historyTemplate', label: 'Item in a history', kind: 'text', elsewhere: true },
    { path: 'data.queryTemplate', label: 'Query in the prompt', kind: 'text', elsewhere: true },
  ],
  objective: [
    {
      path: 'objective.actionLoss',
      label: 'Action loss',
      kind: 'select',
      options: actionLossSchema.options,
      hint: 'pairwise is the paper’s; infonce and full are controls.',
    },
    {
      path: 'objective.itemInterface',
      label: 'An item enters as',
      kind: 'select',
      options: itemInterfaceSchema.options,
      hint: 'One continuous token, or its title’s tokens.',
    },
    {
      path: 'objective.itemInput',
      label: 'Item token from',
      kind: 'select',
      options: itemInputSchema.options,
      hint: 'Token interface only. id is a free embedding of the item, which says nothing of items outside the training histories.',
    },
    {
      path: 'features.source',
      label: 'Item features',
      kind: 'select',
      options: featureSourceSchema.options,
      hint: 'Hidden states of the LM over the item’s text, embeddings that the log brings, or both side by side.',
    },
    {
      path: 'objective.itemOutput',
      label: 'Item embedding from',
      kind: 'select',
      options: itemOutputSchema.options,
      hint: 'The item’s features, a free embedding of its ID, or their sum; tied: the input’s embedding. Free embeddings never learn items that nobody chose in training.',
    },
    { path: 'objective.similarity', label: 'Similarity', kind: 'select', options: ['cosine', 'dot'] },
    { path: 'objective.temperature', label: 'Temperature τ at start', kind: 'number' },
    { path: 'objective.embeddingSize', label: 'Size of h and e', kind: 'number' },
    {
      path: 'objective.positions',
      label: 'Predict from',
      kind: 'select',
      options: ['all', 'last'],
      hint: 'Every item position and [EMB], or [EMB] alone.',
    },
    { path: 'objective.maxHistory', label: 'Longest history (items)', kind: 'number' },
    { path: 'objective.maxTextTokens', label: 'Longest y (tokens)', kind: 'number' },
    { path: 'objective.maxTitleTokens', label: 'Longest title (tokens)', kind: 'number', hint: 'Text interface only.' },
    { path: 'objective.useExposures', label: 'Exposed, not clicked items as negatives', kind: 'check' },
    { path: 'objective.useQuery', label: 'Search query after the history', kind: 'check' },
    { path: 'objective.hideEmbFromText', label: 'Hide [EMB] from y in L_gen', kind: 'check' },
  ],
  training: [
    { path: 'training.steps', label: 'Steps', kind: 'number' },
    { path: 'training.batchSize', label: 'Users a step', kind: 'number' },
    {
      path: 'training.accumulate',
      label: 'Micro-batches a step',
      kind: 'number',
      hint: 'More take less memory and more time; the result is the same. Must divide the users a step.',
    },
    {
      path: 'training.checkpoint',
      label: 'Run blocks again instead of keeping them',
      kind: 'check',
      hint: 'Activation checkpointing: less memory, more time; the result is the same.',
    },
    {
      path: 'training.cacheMegabytes',
      label: 'Keep frozen layers’ output (MB, 0 = off)',
      kind: 'number',
      hint: 'What histories are below the first adapted layer is computed once for all arms and epochs; the result is the same.',
    },
    { path: 'training.learningRate', label: 'Learning rate', kind: 'number' },
    { path: 'training.warmupSteps', label: 'Warm-up steps', kind: 'number' },
    { path: 'training.finalLearningRateShare', label: 'Final share of the rate', kind: 'number' },
    { path: 'training.weightDecay', label: 'Weight decay', kind: 'number' },
    { path: 'training.clipNorm', label: 'Gradient clip (0 = off)', kind: 'number' },
    { path: 'training.beta1', label: 'Adam β₁', kind: 'number' },
    { path: 'training.beta2', label: 'Adam β₂', kind: 'number' },
    { path: 'training.epsilon', label: 'Adam ε', kind: 'number' },
    { path: 'seed', label: 'Seed', kind: 'number' },
  ],
  evaluation: [
    { path: 'evaluation.evaluations', label: 'Evaluations while training', kind: 'number' },
    {
      path: 'evaluation.finalUsers',
      label: 'Test targets at the end',
      kind: 'autoNumber',
      hint: 'auto: all; in a large catalogue a sample of them, the same for arms and baselines.',
    },
    {
      path: 'evaluation.sasrecSteps',
      label: 'Steps of a SASRec-size baseline (0 = none)',
      kind: 'number',
      hint: 'A small model that knows items by their IDs alone, trained on the same batches before the arms.',
    },
    { path: 'evaluation.sasrecLearningRate', label: 'Its learning rate', kind: 'number' },
    {
      path: 'evaluation.sampleUsers',
      label: 'Users in each',
      kind: 'autoNumber',
      hint: 'auto: as many as keep evaluation under a tenth of the run. The last one is on all users.',
    },
    {
      path: 'evaluation.watch',
      label: 'Targets watched while training',
      kind: 'select',
      options: ['test', 'validation'],
      hint: 'The last evaluation is always on the test targets of all users.',
    },
    { path: 'evaluation.ks', label: 'K', kind: 'numbers' },
    {
      path: 'evaluation.protocol',
      label: 'Protocol',
      kind: 'select',
      options: protocolSchema.options,
      hint: 'recall: HR@K over the whole catalogue. pre-ranking: also HR@K inside a sampled pool of candidates. ranking: gAUC inside the list shown with each click, for logs that name the items shown.',
    },
    {
      path: 'evaluation.poolFrom',
      label: 'Pool candidates',
      kind: 'select',
      options: poolSourceSchema.options,
      hint: 'Pre-ranking only. retrieved: a quarter item-kNN’s nearest, a quarter the most popular, the rest by chance. uniform: by chance. exposed: the items shown with the click, the rest by chance.',
    },
    {
      path: 'evaluation.poolSize',
      label: 'Pool size (items)',
      kind: 'number',
      hint: 'Pre-ranking only. The target is one of them.',
    },
    {
      path: 'evaluation.poolSeed',
      label: 'Pool seed',
      kind: 'number',
      hint: 'Pre-ranking only. Pools do not change with the seed of the experiment, so its seeds are judged on the same pools.',
    },
    { path: 'evaluation.maskHistory', label: 'Leave the user’s own history out of the ranking', kind: 'check' },
    { path: 'evaluation.probes', label: 'Probe histories', kind: 'number' },
    {
      path: 'evaluation.probeSteps',
      label: 'Probe decoder steps (0 = off)',
      kind: 'number',
      hint: 'After training, the same decoder is trained on every arm’s embeddings: decodability gain. A step costs less than one of KARMA; they are taken for each arm, for the untrained model, as a control for the targets’ own embeddings, and once without h.',
    },
    { path: 'evaluation.sinkThreshold', label: 'Sink threshold ε', kind: 'number' },
  ],
};

/** Fields that live in a section without being in its list (arms have their own form). */
export function sectionPaths(section: SectionId): SpecPath[] {
  const paths = FIELDS[section].map((field) => field.path);
  return section === 'objective' ? ['arms', ...paths] : paths;
}
