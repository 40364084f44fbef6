/**
 * Model families: one JSON file each in `families/`, read here, by the ONNX graph builder and by the PyTorch
 * reference (`python/karma/family.py`). A family says where its sizes are in config.json, what its blocks are
 * made of and what its tensors are called. A new file is a new family. What each field means: docs/models.md.
 */
import { t } from '../words/words';
import { z } from 'zod';
import type { BlockRole } from './decoderConfig';
import { LINEAR_ROLES } from './decoderConfig';
import { ModelError } from './modelError';

/** A key of config.json that must be there. */
const required = z.string();
/** A key of config.json that may be missing or null; the default is transformers'. */
const withDefault = <T extends z.ZodType>(value: T) => z.strictObject({ key: z.string(), default: value });
const optional = z.strictObject({ key: z.string(), default: z.number().optional() });
const flag = withDefault(z.boolean());

const BLOCK_TENSORS = [
  ...LINEAR_ROLES,
  'inputNorm',
  'postNorm',
  'qNorm',
  'kNorm',
  'attentionNorm',
  'mlpNorm',
] as const satisfies readonly BlockRole[];
const linearRole = z.enum(LINEAR_ROLES);
/** A name with `{layer}`, or one part of a tensor that stacks the outputs of several projections. */
const tensor = z.union([z.string(), z.strictObject({ name: z.string(), stack: z.array(linearRole).min(2) })]);

const familySchema = z.strictObject({
  title: z.string(),
  architectures: z.array(z.string()).min(1),
  /** config.json's `model_type`, by which transformers and transformers.js choose their class. */
  modelType: z.string(),
  config: z.strictObject({
    vocabulary: required,
    hidden: required,
    layers: required,
    heads: required,
    /** Default: as many as heads. */
    kvHeads: optional.optional(),
    /** Default: hidden / heads. */
    headSize: optional.optional(),
    intermediate: z.union([required, z.strictObject({ key: z.string(), timesHidden: z.number() })]),
    maxPositions: required,
    normEpsilon: withDefault(z.number()),
    activation: withDefault(z.string()),
    tiedHead: flag,
    /** Scores are q·k / √(this value). Default: the head size. */
    attentionWidth: withDefault(z.number()).optional(),
  }),
  embeddingScale: z.literal('sqrt(hidden)').optional(),
  /** The gain is the checkpoint's value plus the offset. */
  norm: z.strictObject({ kind: z.enum(['rms', 'layer']), gainOffset: z.number() }),
  outputNorms: z.boolean(),
  headNorms: z.boolean(),
  gated: z.boolean(),
  /** True, or the key of config.json that says so. */
  biases: z.partialRecord(linearRole, z.union([z.literal(true), z.string()])),
  positions: z.discriminatedUnion('kind', [
    /**
     * `localTheta`: the base in layers with a window, where it is never scaled. `unrotated` (NoPE): layers
     * whose queries and keys are not rotated: those where the list `layers` is 0; without that list, every
     * n-th.
     */
    z.strictObject({
      kind: z.literal('rope'),
      theta: withDefault(z.number()),
      localTheta: withDefault(z.number()).optional(),
      unrotated: z.strictObject({ layers: z.string(), every: withDefault(z.number()) }).optional(),
    }),
    z.strictObject({ kind: z.literal('learned') }),
  ]),
  /**
   * Sliding windows, if config.json has no `layer_types`: only when the key `enabled` (if named) is true; in
   * layers from `firstLayer` on, or in all but every n-th (`fullEvery`).
   */
  window: z
    .strictObject({
      size: withDefault(z.number()),
      enabled: z.string().optional(),
      firstLayer: withDefault(z.number()).optional(),
      fullEvery: withDefault(z.number()).optional(),
    })
    .optional(),
  /** The token that starts a sequence when config.json names none. */
  startToken: z.string().optional(),
  /** Values that a key must have if it is present. */
  requires: z.record(z.string(), z.array(z.union([z.null(), z.boolean(), z.string(), z.number()]))),
  tensors: z.strictObject({
    /** Prefixes of names; the head's name has none. */
    prefixes: z.array(z.string()).min(1),
    /** Matrices of blocks are stored [in, out]. */
    transposed: z.boolean(),
    embedding: z.string(),
    positions: z.string().optional(),
    finalNorm: z.string(),
    head: z.string(),
    /** Names of weights; a bias has the name of its weight with `.bias` for `.weight`. */
    block: z.partialRecord(z.enum(BLOCK_TENSORS), tensor),
  }),
});

export type Family = z.infer<typeof familySchema>;

const files = import.meta.glob<unknown>('./families/*.json', { import: 'default', eager: true });
const FAMILIES: ReadonlyMap<string, Family> = new Map(
  Object.entries(files).map(([path, json]) => [path.slice('./families/'.length, -'.json'.length), familySchema.parse(json)]),
);

/** Architectures that some family serves. */
export const KNOWN_ARCHITECTURES: readonly string[] = [...FAMILIES.values()].flatMap(({ architectures }) => architectures);

/** @throws ModelError naming the unknown architecture and the known ones. */
export function familyOf(architecture: string): { readonly name: string; readonly family: Family } {
  for (const [name, family] of FAMILIES) if (family.architectures.includes(architecture)) return { name, family };
  throw new ModelError(
    t('The architecture {architecture} is not supported; known: {known}.', {
      architecture,
      known: KNOWN_ARCHITECTURES.join(', '),
    }),
    t('Use a model whose config.json names one of these, or the embedded one.'),
  );
}

/** The family that a resolved config names. */
export function familyNamed(name: string): Family {
  const family = FAMILIES.get(name);
  if (family === undefined) throw new Error(`no family is called ${name}`);
  return family;
}
