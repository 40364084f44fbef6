/**
 * RunRecord: everything an experiment produced, as drawn by the page, written by the CLI and stored in a file
 * (run.json). A live run fills one in event by event, a recorded run is read from a file; both are drawn by
 * the same code. What has one entry per step is in columns rather than rows.
 *
 * A field is optional where a run may lack it: it was not measured (by this recipe, or by the version that
 * made the run), or a link left it out. Earlier shapes are not here: `migrate.ts` brings them into this one.
 */
import { z } from 'zod';
import { logRecipeSchema } from '../recipe/logRecipe';
import { fileStorageSchema } from './fileStorage';
import { profileSchema } from './profile';
import { arithmeticSchema, poolSourceSchema, precisionSchema, runSpecSchema } from '../recipe/runSpec';
import { byTerm } from '../recipe/terms';
import { contradictions } from './contradictions';
import { cutSchema } from './shortened';
import { migrate, VERSION } from './migrate';
import { PART_SPLITS, type PartSplit } from './targetGroups';
import { cutLine, cutPassage, encoded, NAME, PATH, SHOWN_TEXT, singleLine, verbatim } from '../recipe/texts';

/** Deeper models are not read (`model/readConfig.ts`). */
const MOST_LAYERS = 1024;

const count = z.number().int().min(0);

const interval = z.tuple([z.number(), z.number()]);

/** Each split may lack what it is about, but all targets together do not. */
function bySplit<Value extends z.ZodType>(value: Value) {
  const parts = Object.fromEntries(PART_SPLITS.map((split) => [split, value.optional()]));
  return z.object({ all: value, ...(parts as Record<PartSplit, z.ZodOptional<Value>>) });
}

/**
 * What was measured of a model at one step, or of a baseline. Keys are measure IDs: `hr@10`, `cold-hr@50`,
 * `lmDrift` (src/measures/entries). What was not measured, or was left out of a link, has no entry.
 */
export const measuredSchema = z.object({
  /** Number of ranked targets; splits without targets have no entry. */
  targets: bySplit(count),
  /** In the measure's own unit; shares from 0 to 1. */
  values: z.record(verbatim(NAME), z.number()),
  /** 95 % bootstrap intervals over users or targets. */
  intervals: z.record(verbatim(NAME), interval),
  /**
   * Requests in which other items were shown, over which gAUC is a mean, and their impressions; absent if
   * there are none.
   */
  requests: bySplit(z.object({ requests: count, impressions: count })).optional(),
  /** Number of targets that `js50-space` and `js50-tokens` are means over, where they are measured. */
  overlapTargets: count.optional(),
});
export type Measured = z.infer<typeof measuredSchema>;

/**
 * A ranking of targets, in the same order for all arms, steps and baselines of a population, so that
 * differences can be paired.
 */
export const rankedSchema = measuredSchema.extend({
  /** Average rank of each target; empty if the record does not have them. */
  ranks: z.array(z.number()),
  /**
   * Of the protocol `pre-ranking`: the number of items in the smallest pool, and `ranks` as above, in the
   * pools.
   */
  pool: z.object({ size: z.number().int(), ranks: z.array(z.number()) }).optional(),
});
export type Ranked = z.infer<typeof rankedSchema>;

/** Sink measures by their IDs, averaged over histories. */
const sinksSchema = z.object({
  threshold: z.number(),
  /** By layer and head, which count from 0; left out of links and stored runs. */
  tables: z.record(verbatim(NAME), z.array(z.array(z.number()))),
  /** Means over layers and heads. */
  means: z.record(verbatim(NAME), z.number()),
});
export type Sinks = z.infer<typeof sinksSchema>;

/** Sink measures of one model at one step over the probe histories. */
export const probeSinksSchema = sinksSchema.extend({
  /** Length T of the probe sequences: α depends on it. */
  length: z.number().int(),
  /** Number of histories averaged over. */
  probes: z.number().int(),
});
export type ProbeSinks = z.infer<typeof probeSinksSchema>;

/**
 * Sink measures of one model at one step over all ranked users, each with the whole prompt at its own length.
 */
export const userSinksSchema = sinksSchema.extend({
  users: z.number().int(),
  /** Mean length T of the users' sequences. */
  meanLength: z.number(),
  /**
   * Sink_k^ε by position k − 1: share of (user, layer, head) with α_k above the threshold, among the users
   * that have a position k.
   */
  sinkRate: z.array(z.number()),
});
export type UserSinks = z.infer<typeof userSinksSchema>;

/**
 * Attention of all probes at one step. `data` is base64 of uint8, index (((probe·layers + layer)·heads +
 * head)·T + query)·T + key, value = round(255·A); entries above the diagonal are 0 and mean "masked", not "no
 * attention". In a shortened record it is empty, or a map that was left out is 0 everywhere, which no map is.
 */
export const attentionSnapshotSchema = z.object({
  step: z.number().int(),
  probes: count,
  layers: count.max(MOST_LAYERS),
  heads: count,
  length: count,
  data: encoded(),
});
export type AttentionSnapshot = z.infer<typeof attentionSnapshotSchema>;

/**
 * Positions of the drawn items and users of a record's projection at one step. `items` and `users` are base64
 * of little-endian int16 [points, 2]; a coordinate is value / 32,767 · reach.
 */
export const projectedSchema = z.object({
  reach: z.number(),
  items: encoded(),
  users: encoded(),
  /**
   * Share of the variance of all e, and of the sampled users' h, around their means that lies in the plane.
   */
  itemShare: z.number(),
  userShare: z.number(),
});
export type ProjectedPoints = z.infer<typeof projectedSchema>;

/**
 * The plane of a record's projections: the two principal components of all item embeddings before the first
 * step, which all arms share. One entry per drawn point.
 */
export const projectionSchema = z.object({
  items: z.object({ title: z.array(cutLine()), category: z.array(cutLine()), cold: z.array(z.number().int()) }),
  /** The first of the sampled users: the title of the target, 1 if it is cold, and the user's ID. */
  users: z.object({ target: z.array(cutLine()), cold: z.array(z.number().int()), id: z.array(cutLine()).optional() }),
});
export type EmbeddingProjection = z.infer<typeof projectionSchema>;

/** How a model continues a prompt, greedily. */
export const continuationSchema = z.object({
  text: cutPassage(),
  /** The text in the model's tokens, each with the probability that the model gave it. */
  tokens: z.array(z.tuple([cutPassage(SHOWN_TEXT), z.number()])),
  /**
   * NLL of the base model's continuation of the same prompt under this model, in nats per token; 0 if that is
   * empty.
   */
  baseNll: z.number(),
});
export type Continuation = z.infer<typeof continuationSchema>;

/** What one interest embedding retrieves, and the text decoded from it. */
export const readingSchema = z.object({
  probe: z.number().int(),
  target: cutLine(),
  /** Best items first. */
  top: z.array(z.object({ title: cutLine(), score: z.number(), hit: z.boolean() })),
  /** Text that the arm's LLM generates greedily from W_d·h alone; null if the arm has no trained decoder. */
  decoded: cutPassage().nullable(),
  /** What an arm with L_img draws from h in eight Euler steps; of arms with that term alone. */
  picture: z
    .object({
      /**
       * base64 of uint8 RGB [side, side, 3]; null if the log's visual features were not made of pictures that
       * can be drawn.
       */
      pixels: encoded().nullable(),
      /** Titles of the items with the nearest pictures, and the distance of v, root mean square. */
      nearest: z.array(z.object({ title: cutLine(), distance: z.number() })),
    })
    .optional(),
});
export type ProbeReading = z.infer<typeof readingSchema>;

/** What a probe decoder reads from interest embeddings that it did not help to train. */
export const fidelitySchema = z.object({
  /** Steps of its training, and the number of distinct pairs (h, y) that they used. */
  steps: z.number().int(),
  pairs: z.number().int(),
  /** Factor of W, chosen on held-out pairs: 0 if they are read best without h. */
  shrinkage: z.number(),
  /**
   * By measure ID, the number of targets that its value is over; measures of splits without targets have no
   * entry.
   */
  counts: z.record(verbatim(NAME), count),
  /**
   * As what was measured. Besides the measures, the losses that they are differences of: `decodedNll`, given
   * h, and `emptyNll`, of a decoder trained without h, in nats per token; `pictureError` and
   * `emptyPictureError`.
   */
  ...measuredSchema.pick({ values: true, intervals: true }).shape,
  /** By probe history, the text generated greedily from h alone. */
  decoded: z.array(cutPassage()),
});
export type Fidelity = z.infer<typeof fidelitySchema>;

export const evaluationRecordSchema = rankedSchema.extend({
  step: z.number().int(),
  /** Training seconds of the arm so far, as in `steps`. */
  seconds: z.number(),
  /** Seconds that this evaluation took. */
  took: z.number().optional(),
  /** Seconds of them for each user who was ranked; the rest is the same for any number of users. */
  perUser: z.number().optional(),
  /** `sample` while training, `all` for the final one. */
  population: z.enum(['sample', 'all']),
  /** 1 if the target is cold. */
  cold: z.array(z.number().int()),
  /** The groups of each user's target as bits (`inGroup`). */
  groups: z.array(z.number().int()).optional(),
  /** The user of each target, numbered in the order of their first targets; absent if every user has one. */
  owners: z.array(z.number().int()).optional(),
  sinks: probeSinksSchema,
  /** Over the ranked users; not measured where maps are by item. */
  userSinks: userSinksSchema.optional(),
  /**
   * Singular values of the centred interest embeddings h and item embeddings e over the largest, descending,
   * four significant digits; empty without variance.
   */
  spectra: z.object({ interest: z.array(z.number()), item: z.array(z.number()) }).optional(),
  /** In evaluations on the sampled users. */
  projection: projectedSchema.optional(),
  readings: z.array(readingSchema),
  /** In the order of `promptsOf` the recipe; absent without prompts. */
  continuations: z.array(continuationSchema).optional(),
  /** Of the final evaluation, if the recipe has probe steps. */
  fidelity: fidelitySchema.optional(),
});
export type Evaluation = z.infer<typeof evaluationRecordSchema>;

/** Losses by term: null in arms without it. */
const termColumn = z.array(z.number().nullable());

/** One entry per step; losses are means (nats). */
export const stepColumnsSchema = z.object({
  step: z.array(z.number()),
  /** Training seconds of this arm so far, evaluation excluded. */
  seconds: z.array(z.number()),
  /** Users seen so far. */
  examples: z.array(z.number()),
  total: z.array(z.number()),
  action: z.array(z.number()),
  ...byTerm(() => termColumn),
  gradNorm: z.array(z.number()),
  learningRate: z.array(z.number()),
});
export type StepColumns = z.infer<typeof stepColumnsSchema>;

/** A step from which an arm's losses look wrong, though they are finite. */
export const runWarningSchema = z.object({
  kind: z.enum(['no-gradient', 'at-chance', 'diverging']),
  /** Counted from 1. */
  step: z.number().int(),
  text: cutPassage(),
});
export type RunWarning = z.infer<typeof runWarningSchema>;

export const armRecordSchema = z.object({
  id: verbatim(NAME),
  steps: stepColumnsSchema,
  evaluations: z.array(evaluationRecordSchema),
  attention: z.array(attentionSnapshotSchema),
  /** Absent if there were none. */
  warnings: z.array(runWarningSchema).optional(),
  /** Of its profiled steps, if there were any. */
  profile: profileSchema.optional(),
});
export type ArmRecord = z.infer<typeof armRecordSchema>;

export const adapterInfoSchema = z.object({
  vendor: cutLine(),
  architecture: cutLine(),
  device: cutLine(),
  description: cutLine(),
  /** True for software adapters: its speed says nothing about GPUs. */
  fallback: z.boolean(),
  f16: z.boolean(),
  subgroups: z.boolean(),
  timestamps: z.boolean(),
  /** Where our engine ran, or `torch` for the trainer of python/. */
  runtime: z.enum(['browser', 'node', 'torch']),
});
export type AdapterInfo = z.infer<typeof adapterInfoSchema>;

export const certificateSchema = z.object({
  /** max |ours − ONNX Runtime's| / max |ONNX Runtime's| over the logits of the prompt. */
  maxRelative: z.number(),
  maxAbsolute: z.number(),
  tolerance: z.number(),
  passed: z.boolean(),
  /** The ONNX Runtime execution provider compared with. */
  provider: singleLine(),
  tokens: z.number().int(),
  /** The prompt used for the comparison, and ONNX Runtime's greedy continuation of it. */
  prompt: cutPassage(),
  continuation: cutPassage(),
  /** When the two were compared, if on an earlier visit (ISO 8601). */
  comparedAt: z.iso.datetime().optional(),
});
export type Certificate = z.infer<typeof certificateSchema>;

/** What the device was seen to compute right before the run's first step. */
export const checkedSchema = z.object({
  /** Products of matrices, of different shapes that the run has. */
  products: z.number().int().nonnegative(),
});
export type Checked = z.infer<typeof checkedSchema>;

/**
 * The base model with weights in fewer bits, or products in half precision, compared with itself in f32, on
 * texts that no arm trains on; means over texts of means over tokens.
 */
export const storageErrorSchema = z.object({
  precision: precisionSchema,
  /** Absent with products in f32. */
  arithmetic: arithmeticSchema.optional(),
  tokens: z.number().int(),
  /** max |logit − logit in f32| / max |logit in f32|. */
  maxRelative: z.number(),
  /** KL(f32 ‖ stored) of the next-token distributions, in nats per token. */
  divergence: z.number(),
  /** NLL of the texts in nats per token, in f32 and as stored. */
  nll: z.object({ f32: z.number(), stored: z.number() }),
});
export type StorageError = z.infer<typeof storageErrorSchema>;

export const probeSchema = z.object({
  /** User id in the log. */
  user: cutLine(),
  /** One label per position: [BOS], item titles, query tokens, [EMB]. */
  labels: z.array(cutLine()),
  /**
   * Positions (0-based) that are items: the `token` interface's item tokens, the `text` interface's
   * separators.
   */
  itemPositions: z.array(z.number().int()),
  target: cutLine(),
});
export type Probe = z.infer<typeof probeSchema>;

export const logSummarySchema = z.object({
  id: singleLine(PATH),
  name: cutLine(PATH),
  hash: singleLine(PATH),
  users: z.number().int(),
  items: z.number().int(),
  interactions: z.number().int(),
  /** Test targets never seen in training. */
  coldTargets: z.number().int(),
  queries: z.number().int(),
  exposures: z.number().int(),
  /** Rows left out, each with its reason. */
  dropped: z.array(z.object({ reason: cutPassage(), rows: z.number().int() })),
  /** Test targets, of which a user may have several. */
  targets: z.number().int().optional(),
  /** Nodes of the items' category paths; absent if categories have no levels. */
  categoryNodes: z.number().int().optional(),
  /** Embeddings of items in the log: their size, and the number of items without one. */
  embeddings: z.object({ width: z.number().int(), missing: z.number().int() }).optional(),
  /** Visual features of items in the log: their size, and the number of items without any. */
  visual: z
    .object({
      width: z.number().int(),
      missing: z.number().int(),
      /**
       * Of pictures that come with the page: whose they are, and how many items got theirs by title, by its
       * last word, by category.
       */
      source: z
        .object({
          name: cutLine(),
          author: cutLine(),
          license: cutLine(),
          licenseUrl: singleLine(PATH),
          matches: z.object({ title: z.number().int(), head: z.number().int(), category: z.number().int() }),
        })
        .optional(),
    })
    .optional(),
  /** Categories held out of training, if the recipe holds any out. */
  heldOut: z.array(cutLine()).optional(),
  /** Findings of the audit of log and split, worst first (src/log/audit). */
  audit: z
    .array(
      z.object({
        id: singleLine(),
        level: z.enum(['red', 'amber', 'green']),
        count: z.number().int(),
        of: z.number().int(),
        message: cutPassage(),
      }),
    )
    .optional(),
  /** How the files became the log. */
  recipe: logRecipeSchema.optional(),
});
export type LogSummary = z.infer<typeof logSummarySchema>;

export const modelSummarySchema = z.object({
  id: singleLine(PATH),
  /** The hub's commit that was loaded, if known. */
  version: singleLine(PATH).optional(),
  hash: singleLine(PATH),
  architecture: singleLine(),
  parameters: z.number().int(),
  layers: count.max(MOST_LAYERS),
  heads: count,
  kvHeads: count,
  hidden: count,
  vocabulary: count,
  bytes: count,
  /**
   * The token that starts a sequence, [BOS], as tokenizer.json writes it, and whether the model's chat
   * template opens turns with it.
   */
  startToken: z.object({ text: cutLine(), opensTurns: z.boolean() }).optional(),
});
export type ModelSummary = z.infer<typeof modelSummarySchema>;

/** Settings of a baseline, tried on validation targets. */
const baselineTuningSchema = z.object({
  /** Validation targets. */
  targets: count,
  k: z.number().int().min(1),
  /** HR@k of each, in the order in which they were tried. */
  tried: z.array(z.object({ setting: z.record(verbatim(NAME), z.number()), hr: z.number() })).min(1),
  /** Index of the best, whose test targets are reported. */
  chosen: count,
});
export type BaselineTuning = z.infer<typeof baselineTuningSchema>;

/** A baseline on the users evaluated during training, and on those of the final evaluation. */
export const baselineSchema = z.object({
  sample: rankedSchema,
  all: rankedSchema,
  /** Absent if it has its usual setting. */
  tuning: baselineTuningSchema.optional(),
});
export type BaselineRecord = z.infer<typeof baselineSchema>;

/** The trained baseline; its tuning is absent without validation targets. */
const sasrecSchema = baselineSchema.extend({
  /** Steps and peak learning rate of the state that was ranked. */
  steps: z.number().int(),
  learningRate: z.number().positive(),
  /** Of training at all rates. */
  seconds: z.number(),
  /** How many numbers are trained. */
  parameters: z.number().int(),
});

/** Rows that the matrix would have, and the most that it may have. */
const easeLeftOutSchema = z.object({ rows: count, most: count });
export type EaseLeftOut = z.infer<typeof easeLeftOutSchema>;

/**
 * The candidate pools of the protocol `pre-ranking`, given or drawn once, and the same for every arm, step
 * and baseline.
 */
export const poolsSchema = z.object({
  /** Size of the smallest given pool. */
  size: z.number().int(),
  /** Size of the largest given pool. */
  largest: z.number().int().optional(),
  from: poolSourceSchema,
  seed: z.number().int(),
  /** Pools of the final targets, and of the watched ones if these differ, as encoded by `encodePools`. */
  all: encoded(),
  sample: encoded().optional(),
});

/** The adapter that all arms started from. */
export const startRecordSchema = z.object({
  /** As in `spec.lora.start`. */
  name: singleLine(PATH),
  /** SHA-256 of its files, hex. */
  hash: singleLine(PATH),
  /** Whether projection heads came with it; otherwise they started from the recipe's seed. */
  heads: z.boolean(),
});
export type StartRecord = z.infer<typeof startRecordSchema>;

/** How the heads got their start values, if the recipe requests a fit. */
export const headStartRecordSchema = z.discriminatedUnion('fitted', [
  z.object({
    fitted: z.literal(true),
    /** Number of users whose histories were read, and of their prediction rows. */
    users: z.number().int(),
    rows: z.number().int(),
    /** AdamW steps, and their action loss as means over ten steps each. */
    steps: z.number().int(),
    losses: z.array(z.number()),
    seconds: z.number(),
    /** An earlier run had fitted them, in that time, and they were stored, or shipped with the program. */
    from: z.enum(['stored', 'shipped']).optional(),
  }),
  /** They were drawn at random instead. */
  z.object({ fitted: z.literal(false), reason: cutPassage() }),
]);
export type HeadStartRecord = z.infer<typeof headStartRecordSchema>;

/**
 * What one request costs after training: history → h → list of k items. Times are medians, measured, in
 * milliseconds.
 */
export const requestCostSchema = z.object({
  /** One request alone, from its items to its list, including uploads and waiting. */
  msAlone: z.number(),
  /** A batch of `users` at once, divided by them. */
  msInBatch: z.number(),
  /** Where it was computed. */
  on: z.enum(['gpu', 'processor']),
  /**
   * Floating-point operations of one request's matrix products, in the decoder and in scoring the catalogue.
   */
  flops: z.number(),
  /** Kernels of one request, with their numbers of dispatches; empty on the CPU. */
  kernels: z.record(verbatim(NAME), z.number().int()),
  /**
   * Parameters of model and arm that a request reads, and those that only training needs (the decoders). The
   * catalogue is not included.
   */
  parameters: z.object({ used: z.number().int(), training: z.number().int() }),
});
export type RequestCost = z.infer<typeof requestCostSchema>;

/** What measuring was cut to, so that training takes at least half of the run. */
export const measuringCutSchema = z.object({
  /** Test targets ranked at the end, and those that there are for it. */
  finals: z.number().int(),
  targets: z.number().int(),
  /** Texts of LM drift (and at most as many of the model's domain), and tokens that continue a prompt. */
  texts: z.number().int(),
  tokens: z.number().int(),
  /** Orders of the probe histories' items besides their own, for the content correlation. */
  orders: z.number().int().min(0).optional(),
  /** Whether the probe decoder that the recipe asks for was left out. */
  probeLeftOut: z.boolean(),
  /**
   * Evaluations during training, the one at step 0 not included, if there are fewer than the recipe asks for.
   */
  evaluations: z.number().int().min(1).optional(),
});
export type MeasuringCut = z.infer<typeof measuringCutSchema>;

/** Seconds as timed, or from such times, before the first step. */
export const expectedTimesSchema = z.object({
  /** Of one step, by arm. */
  steps: z.record(verbatim(NAME), z.number()),
  /** Of an evaluation of one arm on the sample, and on all users. */
  evaluation: z.number(),
  final: z.number(),
});
export type ExpectedTimes = z.infer<typeof expectedTimesSchema>;

export const inferenceSchema = z.object({
  /** Items per list. */
  k: z.number().int(),
  /** Requests per batch. */
  users: z.number().int(),
  /** Number of measurements of each, after one that does not count unless it is long. */
  repeats: z.number().int(),
  arms: z.record(verbatim(NAME), requestCostSchema),
  /** The model before training. */
  base: requestCostSchema,
  zeroShot: requestCostSchema,
});
export type Inference = z.infer<typeof inferenceSchema>;

const recordShape = z.object({
  format: z.literal('karma-run'),
  version: z.literal(VERSION),
  createdAt: singleLine(),
  appVersion: singleLine(),
  adapter: adapterInfoSchema,
  spec: runSpecSchema,
  /**
   * L_act had the items that were shown with a target among the negatives of its [EMB], as recipes no longer
   * ask for.
   */
  exposedNegatives: z.literal(true).optional(),
  data: logSummarySchema,
  model: modelSummarySchema,
  certificate: certificateSchema.nullable(),
  /** Why there is no certificate, if there is none. */
  uncertified: cutPassage().optional(),
  /** Absent in records of earlier versions, and of runs that PyTorch trained. */
  checked: checkedSchema.optional(),
  probes: z.array(probeSchema),
  /**
   * Baselines on the same users as the evaluations: `sample` for those during training, `all` for the final
   * ones.
   */
  baselines: z.object({
    popularity: baselineSchema,
    itemKnn: baselineSchema.optional(),
    lastItem: baselineSchema,
    zeroShot: baselineSchema,
    tfidf: baselineSchema.optional(),
    ease: baselineSchema.optional(),
    /** Of logs whose items have categories. */
    category: baselineSchema.optional(),
    /** Of runs whose arms start at a ranking that needs no LLM (objective.headStart `identity`). */
    start: baselineSchema.optional(),
    /** Trained by us, if the recipe requests it. */
    sasrec: sasrecSchema.optional(),
  }),
  /**
   * Present if EASE's matrix, of the fewer of training users and their items, was larger than a run may take
   * time for.
   */
  easeLeftOut: easeLeftOutSchema.optional(),
  /** Present with the protocol `pre-ranking`. */
  pools: poolsSchema.optional(),
  /** The pre-trained model before any fine-tuning, on the same probes. */
  base: z.object({
    sinks: probeSinksSchema,
    attention: attentionSnapshotSchema,
    /** By measure ID, as in evaluations. */
    values: measuredSchema.shape.values,
    /** As in evaluations. */
    continuations: z.array(continuationSchema).optional(),
    /** Over the sampled users, if the arms do not start as the base model. */
    userSinks: userSinksSchema.optional(),
    /** Over the users of the final evaluation; absent in stopped runs and with semantic IDs. */
    testSinks: userSinksSchema.optional(),
    /** Of the untrained h from which all arms start; present if the arms have it. */
    fidelity: fidelitySchema.optional(),
    /**
     * Of the target's own untrained item embedding instead of h: what the probe decoder reads when the text
     * is known to be there.
     */
    control: fidelitySchema.optional(),
    /**
     * What storing or multiplying the frozen weights in fewer bits did to the model; absent with f32, and
     * with a GGUF file's own values.
     */
    storage: storageErrorSchema.optional(),
    /** With the precision `file` and a GGUF model. */
    fileStorage: fileStorageSchema.optional(),
  }),
  projection: projectionSchema.optional(),
  /** Absent if the arms did not start from an adapter. */
  start: startRecordSchema.optional(),
  /** Absent if the recipe draws the heads at random. */
  headStart: headStartRecordSchema.optional(),
  /** Absent unless passes of the model are slow. */
  expected: expectedTimesSchema.optional(),
  /** Absent if everything is measured as the recipe has it. */
  cut: measuringCutSchema.optional(),
  arms: z.array(armRecordSchema),
  /** Measured at the end of a run; absent in stopped runs. */
  inference: inferenceSchema.optional(),
  /**
   * The grid whose cells the run fills, and the SHA-256 of what was predicted of it before it was run; absent
   * in single runs.
   */
  grid: z.object({ name: singleLine(), predictionsHash: singleLine().nullable() }).optional(),
  /** True when every arm reached its last step and has its final evaluation on all users. */
  complete: z.boolean(),
  /** What a link left out so that the run fits, or a stored run of a grid; absent if the record is whole. */
  shortened: z.array(cutSchema).min(1).optional(),
});
/** Each field by itself, as in `runRecordSchema`. */
export const recordFieldsSchema = z.preprocess(migrate, recordShape);
export type RunRecord = z.infer<typeof recordShape>;

/**
 * Numbers that fit no run, whatever their type, are refused: lists of other lengths than those beside them,
 * ranks beyond the catalogue.
 */
export const runRecordSchema = recordFieldsSchema.superRefine((record, context) => {
  for (const { path, message } of contradictions(record)) context.addIssue({ code: 'custom', path: [...path], message });
});

/** How a model compares with ONNX Runtime, or why it was not compared. */
export type Certification = Pick<RunRecord, 'certificate' | 'uncertified'>;
