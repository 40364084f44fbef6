/**
 * RunSpec: the one schema that says what an experiment is. It drives the form, the URL, the CLI and the run file.
 * Every field has a default, so `runSpecSchema.parse({})` is the Standard preset with its frozen weights in f32 and without a probe decoder.
 */
import { z } from 'zod';
import { templateProblem, type TemplateKind } from './template';

/** The seven projections of a Llama-style block that LoRA can adapt, in the order in which a block applies them. */
export const PROJECTIONS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** How an item enters the LLM: one continuous token, or its title's tokens followed by a separator. */
export const itemInterfaceSchema = z.enum(['token', 'text']);
export type ItemInterface = z.infer<typeof itemInterfaceSchema>;

/** L_act: `pairwise` is the paper's, `infonce` and `full` are our controls. */
export const actionLossSchema = z.enum(['pairwise', 'infonce', 'full']);
export type ActionLoss = z.infer<typeof actionLossSchema>;

/**
 * Where an item token comes from (interface `token`):
 * `title+hidden` mean title-token embedding + W_in·hidden with W_in = 0 at start; `title` W_in·title with W_in = I at start;
 * `hidden` W_in·hidden with W_in random at start; `id` a free embedding u_i of the item; `title+hidden+id` the first plus u_i, u = 0 at start.
 */
export const itemInputSchema = z.enum(['title+hidden', 'title', 'hidden', 'id', 'title+hidden+id']);
export type ItemInput = z.infer<typeof itemInputSchema>;

/**
 * What an item's embedding e_i is made of: `content` W_e·x_i; `content+id` W_e·x_i + z_i, z_i a free embedding of the item that starts at 0;
 * `id` z_i alone; `tied` the input's u_i (itemInput `id`, embeddings as long as the model's hidden states). Free embeddings say nothing of items
 * that were never a target.
 */
export const itemOutputSchema = z.enum(['content', 'content+id', 'id', 'tied']);
export type ItemOutput = z.infer<typeof itemOutputSchema>;

export const armSchema = z.object({
  /** Unique within an experiment; `action` and `karma` are the two arms of the default one. */
  id: z
    .string()
    .min(1)
    .regex(/^[a-z0-9+_.-]+$/, 'use lower-case letters, digits, + _ . -'),
  label: z.string().min(1),
  /** λ_gen, weight of history-conditioned generation of the target's text. */
  lambdaGen: z.number().min(0).default(0),
  /** λ_rec, weight of reconstruction of the target's text from the interest embedding alone. */
  lambdaRec: z.number().min(0).default(0),
  /** Control: L_gen and L_rec are given the text of a random item in place of the target's. */
  shuffledText: z.boolean().default(false),
});
export type ArmSpec = z.infer<typeof armSchema>;

const loraSchema = z.object({
  rank: z.number().int().min(1).max(64).default(8),
  /** LoRA scale is alpha / rank. */
  alpha: z.number().positive().default(16),
  targets: z
    .array(z.enum(PROJECTIONS))
    .min(1)
    .default([...PROJECTIONS]),
  /** The lowest block that is adapted, counted from 0; those below stay as they were pre-trained. */
  firstLayer: z.number().int().min(0).default(0),
  /** The adapter that every arm starts from, by its name (`folder@hash`); null: LoRA starts at zero. */
  start: z.string().min(1).nullable().default(null),
  /** Train what enters below the first block too: W_in, b_in and the vectors [EMB], [QUERY], [ITEM]. */
  trainInputs: z.boolean().default(true),
});

const objectiveSchema = z.object({
  itemInterface: itemInterfaceSchema.default('token'),
  itemInput: itemInputSchema.default('title+hidden'),
  itemOutput: itemOutputSchema.default('content'),
  actionLoss: actionLossSchema.default('full'),
  similarity: z.enum(['cosine', 'dot']).default('cosine'),
  /** Start of the learned temperature of the cosine similarity: score = cos(h, e) / τ. */
  temperature: z.number().positive().default(0.07),
  /** Size of h_t and e_i. */
  embeddingSize: z.number().int().min(4).max(1024).multipleOf(4).default(64),
  /** Which positions predict a next item: every item position and [EMB], or [EMB] alone. */
  positions: z.enum(['all', 'last']).default('all'),
  /** Exposed-but-not-clicked items of the log as negatives of their own row (`pairwise`, `infonce`). */
  useExposures: z.boolean().default(true),
  /** Hide [EMB] from the rows of y in L_gen. */
  hideEmbFromText: z.boolean().default(false),
  /** Longest history, in items. */
  maxHistory: z.number().int().min(1).max(200).default(16),
  /** Longest y, in tokens, end-of-sequence included. */
  maxTextTokens: z.number().int().min(2).max(256).default(20),
  /** Longest title in the `text` interface, in tokens. */
  maxTitleTokens: z.number().int().min(1).max(64).default(6),
  /** Whether the search query of the target event, where the log has one, enters after the history. */
  useQuery: z.boolean().default(true),
});

const trainingFields = z.object({
  steps: z.number().int().min(1).max(100_000).default(400),
  /** Users a step. */
  batchSize: z.number().int().min(1).max(1024).default(64),
  /** Keep only the inputs of blocks and run each block again for its backward pass, to save memory. */
  checkpoint: z.boolean().default(false),
  /** Micro-batches that a step's users are cut into, to save memory: gradients are added up before the one update. */
  accumulate: z.number().int().min(1).max(1024).default(1),
  /** MB of GPU memory that keep what no step changes: histories below the first adapted block. 0: computed in every step. */
  cacheMegabytes: z.number().int().min(0).max(16_384).default(0),
  learningRate: z.number().positive().default(2e-3),
  warmupSteps: z.number().int().min(0).default(20),
  /** Learning rate decays linearly to this share of its peak. */
  finalLearningRateShare: z.number().min(0).max(1).default(0.1),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().positive().default(1e-8),
  weightDecay: z.number().min(0).default(0.01),
  /** Global gradient-norm clip; 0 switches it off. */
  clipNorm: z.number().min(0).default(1),
});
const trainingSchema = trainingFields.refine(({ batchSize, accumulate }) => batchSize % accumulate === 0, {
  path: ['accumulate'],
  message: 'must divide the users a step: micro-batches are of one size',
});

/** The paper's stages: HR@K over the whole catalogue, HR@K inside stored candidate pools, gAUC inside the shown lists. */
export const protocolSchema = z.enum(['recall', 'pre-ranking', 'ranking']);
export type Protocol = z.infer<typeof protocolSchema>;

/** Beside the target: half from item-kNN and popularity, the rest by chance; by chance alone; shown items, the rest by chance. */
export const poolSourceSchema = z.enum(['retrieved', 'uniform', 'exposed']);
export type PoolSource = z.infer<typeof poolSourceSchema>;

const evaluationFields = z.object({
  /** Evaluations during training, apart from the one at step 0; spread evenly, the last one at the last step. */
  evaluations: z.number().int().min(1).max(200).default(10),
  /** Users evaluated while training: a number, or `auto` = as many as keep evaluation under a tenth of the run. */
  sampleUsers: z.union([z.literal('auto'), z.number().int().min(1)]).default('auto'),
  /** Test targets of the final evaluation and of the baselines: a number, or `auto` = all, in a large catalogue a sample of them. */
  finalUsers: z.union([z.literal('auto'), z.number().int().min(1)]).default('auto'),
  /** Whose targets the curves follow while training. The final evaluation is always on the test targets of all users. */
  watch: z.enum(['test', 'validation']).default('test'),
  ks: z.array(z.number().int().min(1)).min(1).default([1, 5, 10, 20, 50, 100, 200]),
  /** Steps of a baseline of SASRec's size that knows items by their IDs alone, on the run's batches; 0: there is none. */
  sasrecSteps: z.number().int().min(0).max(100_000).default(0),
  /** Its peak learning rate; the rest of its schedule is the run's. */
  sasrecLearningRate: z.number().positive().default(1e-3),
  /** Leave the user's own history out of the ranking. */
  maskHistory: z.boolean().default(true),
  /** What the ranking is judged by; HR@K over the whole catalogue is measured in all of them. */
  protocol: protocolSchema.default('recall'),
  /** Protocol `pre-ranking`: items of each target's pool, the target included, and where the others come from. */
  poolSize: z.number().int().min(2).max(100_000).default(500),
  poolFrom: poolSourceSchema.default('retrieved'),
  /** Of what is drawn into pools; not the experiment's seed, so that its seeds are judged on the same pools. */
  poolSeed: z.number().int().min(0).max(0xffffffff).default(0),
  /** Histories whose attention is recorded. */
  probes: z.number().int().min(1).max(64).default(8),
  /**
   * Steps of the probe decoder that is trained afterwards on every arm alike and measures decodability; 0 leaves it out. Its batches have
   * as many users as the arms'.
   */
  probeSteps: z.number().int().min(0).max(10_000).default(0),
  /** ε of the sink threshold. */
  sinkThreshold: z.number().gt(0).lt(1).default(0.3),
});
const evaluationSchema = evaluationFields.refine(
  ({ protocol, poolSize, ks }) => protocol !== 'pre-ranking' || poolSize > Math.min(...ks),
  { path: ['poolSize'], message: 'must exceed the smallest K: every target is among the K best of K candidates' },
);

/** How frozen weights are stored on the GPU; products accumulate in f32 whatever it is. */
export const precisionSchema = z.enum(['f32', 'f16', 'int8', 'int4']);
export type Precision = z.infer<typeof precisionSchema>;
/** `auto`: the most exact one that the device has room for. Run records name what it was. */
export const precisionChoiceSchema = z.enum(['auto', ...precisionSchema.options]);

/** The model that the page ships. */
export const EMBEDDED_MODEL = 'wordnet-1m';
/** In front of the name of a model whose folder a person dropped. */
export const DROPPED_PREFIX = 'local:';

const modelSchema = z.object({
  /** `organisation/name` on a hub, the embedded model, or `local:name` of one that the person dropped in. */
  id: z.string().min(1).default(EMBEDDED_MODEL),
  /** Branch, tag or commit on the hub. */
  revision: z.string().min(1).default('main'),
  /** The hub, or a mirror with its layout: `{baseUrl}/{id}/resolve/{revision}/{file}`. */
  baseUrl: z.url({ protocol: /^https?$/, error: 'write an address that begins with https://' }).default('https://huggingface.co'),
  precision: precisionChoiceSchema.default('f32'),
});

/** A template whose fields are all known; the message says what is wrong. */
function templateSchema(kind: TemplateKind): z.ZodString {
  return z.string().superRefine((template, context) => {
    const message = templateProblem(template, kind);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

const dataSchema = z.object({
  /** `sample` is the WordNet General Store; anything else names a log that the person dropped in. */
  id: z.string().min(1).default('sample'),
  /** Text y of an item, which is also what its features are computed from; `{text}` is the older `{description}`. */
  itemTemplate: templateSchema('item').default('{title}: {description}.'),
  /** An item inside a history: its tokens in the `text` interface, the title feature of its token in the other. */
  historyTemplate: templateSchema('history').default('{title}'),
  /** The search query, behind the history. */
  queryTemplate: templateSchema('query').default('{query}'),
});

export const featureSourceSchema = z.enum(['lm', 'own', 'lm+own']);

const featuresSchema = z.object({
  /**
   * What x_k, an item's frozen features, are: hidden states of the LM over its text, the embeddings that the log brings (`own`),
   * or both, one behind the other. Each is standardised over the catalogue.
   */
  source: featureSourceSchema.default('lm'),
});

export const DEFAULT_ARMS: readonly ArmSpec[] = [
  { id: 'action', label: 'Action', lambdaGen: 0, lambdaRec: 0, shuffledText: false },
  { id: 'karma', label: 'KARMA', lambdaGen: 0.3, lambdaRec: 0.3, shuffledText: false },
];

const specFields = z.object({
  version: z.literal(1).default(1),
  name: z.string().min(1).default('Action against KARMA'),
  seed: z.number().int().min(0).max(0xffffffff).default(0),
  model: modelSchema.prefault({}),
  data: dataSchema.prefault({}),
  features: featuresSchema.prefault({}),
  arms: z
    .array(armSchema)
    .min(1)
    .max(8)
    .refine((arms) => new Set(arms.map((arm) => arm.id)).size === arms.length, 'arm ids must differ')
    .default([...DEFAULT_ARMS]),
  lora: loraSchema.prefault({}),
  objective: objectiveSchema.prefault({}),
  training: trainingSchema.prefault({}),
  evaluation: evaluationSchema.prefault({}),
});
export const runSpecSchema = specFields.refine(
  ({ lora, training }) => training.cacheMegabytes === 0 || (lora.firstLayer > 0 && !lora.trainInputs),
  {
    path: ['training', 'cacheMegabytes'],
    message: 'needs layers that training leaves as they are: adapt from layer 1 or higher and do not train what enters below',
  },
);
export type RunSpec = z.infer<typeof runSpecSchema>;

/** The same recipe with its frozen weights stored in that precision. */
export function withPrecision(spec: RunSpec, precision: Precision): RunSpec {
  return { ...spec, model: { ...spec.model, precision } };
}
