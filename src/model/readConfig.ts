/**
 * Hugging Face `config.json` → DecoderConfig, by the family file of its architecture. Options that cannot be
 * computed exactly are refused by name.
 */
import { t } from '../words/words';
import { z } from 'zod';
import {
  LINEAR_ROLES,
  type DecoderConfig,
  type LayerAttention,
  type LinearRole,
  type Rope,
  type RopeScaling,
} from './decoderConfig';
import { familyOf, type Family } from './family';
import { ModelError } from './modelError';
import { singleLine } from '../recipe/texts';

/** transformers' names of what is implemented. */
const ACTIVATIONS: ReadonlyMap<string, DecoderConfig['activation']> = new Map([
  ['silu', 'silu'],
  ['swish', 'silu'],
  ['gelu_pytorch_tanh', 'geluTanh'],
  ['gelu_new', 'geluTanh'],
]);

const size = z.number().int().positive();
/**
 * Maximum number of layers, of which lists are made: no model has more, and a file must not decide how much
 * memory is taken.
 */
const layerCount = size.max(1024);
const tokenId = z.number().int().nonnegative();
const endsSchema = z.union([tokenId, z.array(tokenId).min(1)]);
const architectureSchema = z.looseObject({ architectures: z.array(singleLine()).min(1) });

/**
 * @param json the parsed config.json.
 * @param startId the ID of `missingStartToken`, if that is not null.
 * @throws ModelError naming the unknown architecture, the missing key or the unsupported option.
 */
export function readConfig(json: unknown, startId?: number): DecoderConfig {
  const architecture = architectureOf(json);
  const { name, family } = familyOf(architecture);
  const config = new ConfigFile(json);
  refuseUnsupported(family, config);
  const keys = family.config;
  const hidden = config.read(keys.hidden, size);
  const heads = config.read(keys.heads, size);
  const layers = config.read(keys.layers, layerCount);
  const kvHeads = keys.kvHeads === undefined ? heads : (config.optional(keys.kvHeads, size) ?? heads);
  const headSize = (keys.headSize === undefined ? undefined : config.optional(keys.headSize, size)) ?? hidden / heads;
  if (heads % kvHeads !== 0)
    refuse(t('{heads} attention heads cannot share {kvHeads} key-value heads evenly', { heads, kvHeads }));
  if (!Number.isInteger(headSize) || headSize % 2 !== 0)
    refuse(t('a head size of {headSize} is not an even number', { headSize }));
  if (hidden % 2 !== 0) refuse(t('a hidden size of {hidden} is not an even number', { hidden }));
  const activationName = config.optional(keys.activation, singleLine()) ?? '';
  const activation = ACTIVATIONS.get(activationName);
  if (activation === undefined) refuse(t('the activation {name} is not supported', { name: activationName }));
  const intermediate =
    typeof keys.intermediate === 'string'
      ? config.read(keys.intermediate, size)
      : (config.optional(keys.intermediate, size) ?? keys.intermediate.timesHidden * hidden);
  const attentionWidth = keys.attentionWidth && config.optional(keys.attentionWidth, z.number().positive());
  const biased = (role: LinearRole): boolean => {
    const says = family.biases[role];
    return says === true || (says !== undefined && config.optional({ key: says }, z.boolean()) === true);
  };
  return {
    family: name,
    architecture,
    vocabulary: config.read(keys.vocabulary, size),
    hidden,
    layers,
    heads,
    kvHeads,
    headSize,
    intermediate,
    norm: family.norm.kind,
    normEpsilon: config.optional(keys.normEpsilon, z.number().positive())!,
    outputNorms: family.outputNorms,
    headNorms: family.headNorms,
    gated: family.gated,
    activation,
    biases: LINEAR_ROLES.filter(biased),
    positions: family.positions.kind,
    ...layerAttention(family, config, layers),
    attentionScale: 1 / Math.sqrt(attentionWidth ?? headSize),
    embeddingScale: family.embeddingScale === undefined ? 1 : Math.sqrt(hidden),
    maxPositions: config.read(keys.maxPositions, size),
    tiedHead: config.optional(keys.tiedHead, z.boolean())!,
    ...specialTokens(family, config, startId),
  };
}

function architectureOf(json: unknown): string {
  return parsed(architectureSchema, json).architectures[0]!;
}

/** Numbers of a config.json by key. */
class ConfigFile {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(json: unknown) {
    this.values = parsed(z.looseObject({}), json);
  }

  /** @throws ModelError naming the key when it is missing or of another kind. */
  read<T>(key: string, schema: z.ZodType<T>): T {
    return parsed(z.object({ [key]: schema }), this.values)[key] as T;
  }

  /** The default, if any, when the key is missing or null. */
  optional<T>({ key, default: otherwise }: { readonly key: string; readonly default?: T | undefined }, schema: z.ZodType<T>) {
    return this.values[key] == null ? otherwise : this.read(key, schema);
  }

  /** The unchecked value of a key. */
  get(key: string): unknown {
    return this.values[key];
  }
}

function refuseUnsupported({ requires }: Family, config: ConfigFile): void {
  for (const [key, accepted] of Object.entries(requires)) {
    const value = config.get(key);
    if (value !== undefined && !accepted.some((one) => one === value)) {
      refuse(t('{key}: {value} is not supported', { key, value: JSON.stringify(value) }));
    }
  }
}

/** The text of the token that starts sequences if config.json names none and the family does; else null. */
export function missingStartToken(json: unknown): string | null {
  const { family } = familyOf(architectureOf(json));
  return new ConfigFile(json).get('bos_token_id') == null ? (family.startToken ?? null) : null;
}

function specialTokens(family: Family, config: ConfigFile, startId: number | undefined) {
  const vocabulary = config.read(family.config.vocabulary, size);
  const bosId = config.optional({ key: 'bos_token_id' }, tokenId) ?? startId ?? config.read('bos_token_id', tokenId);
  const endIds = [config.read('eos_token_id', endsSchema)].flat();
  const eosId = endIds[0]!;
  const padId = config.optional({ key: 'pad_token_id' }, tokenId) ?? eosId;
  for (const id of [bosId, eosId, padId]) {
    if (id >= vocabulary) refuse(t('token id {id} lies outside the vocabulary of {vocabulary}', { id, vocabulary }));
  }
  return { bosId, eosId, endIds, padId };
}

/**
 * Applies the end tokens of generation_config.json. As in transformers they replace those of config.json,
 * except for the first, which ends the texts that are learned.
 * @param json the parsed generation_config.json
 */
export function withGenerationEnds(config: DecoderConfig, json: unknown): DecoderConfig {
  const ends = z.object({ eos_token_id: endsSchema }).safeParse(json).data?.eos_token_id;
  return ends === undefined ? config : { ...config, endIds: [...new Set([config.eosId, ...[ends].flat()])] };
}

const LAYER_TYPES = ['full_attention', 'sliding_attention'] as const;

/** Window and rotations of every layer. */
function layerAttention(family: Family, config: ConfigFile, layers: number): Pick<DecoderConfig, 'ropes' | 'attention'> {
  const types = layerTypes(family, config, layers);
  const window = family.window === undefined ? undefined : config.optional(family.window.size, size);
  const rotated = rotatedLayers(family, config, layers);
  const ropes: Rope[] = [];
  const attention = types.map((type, layer): LayerAttention => {
    if (type === 'sliding_attention' && window === undefined) refuse(t('sliding windows are not supported in this family'));
    return {
      window: type === 'sliding_attention' ? window! : null,
      rope: family.positions.kind === 'rope' && rotated[layer]! ? indexIn(ropes, ropeOf(family.positions, config, type)) : null,
    };
  });
  return { ropes, attention };
}

/** Which layers rotate queries and keys. */
function rotatedLayers({ positions }: Family, config: ConfigFile, layers: number): readonly boolean[] {
  const unrotated = positions.kind === 'rope' ? positions.unrotated : undefined;
  if (unrotated === undefined) return Array.from({ length: layers }, () => true);
  // As in transformers, a list may be longer than the model.
  const listed = config.optional({ key: unrotated.layers }, z.array(z.number().int()).min(layers));
  if (listed !== undefined) return listed.slice(0, layers).map((flag) => flag !== 0);
  const every = config.optional(unrotated.every, size)!;
  return Array.from({ length: layers }, (_, layer) => (layer + 1) % every !== 0);
}

function layerTypes({ window }: Family, config: ConfigFile, layers: number): readonly (typeof LAYER_TYPES)[number][] {
  const enabled = window !== undefined && (window.enabled === undefined || config.get(window.enabled) === true);
  const listed = config.optional({ key: 'layer_types' }, z.array(z.enum(LAYER_TYPES)).length(layers));
  if (listed !== undefined) return listed;
  const first = window?.firstLayer && config.optional(window.firstLayer, z.number().int().nonnegative());
  const every = window?.fullEvery && config.optional(window.fullEvery, size);
  const slides = (layer: number): boolean =>
    enabled && (first === undefined || layer >= first) && (every === undefined || (layer + 1) % every !== 0);
  return Array.from({ length: layers }, (_, layer) => (slides(layer) ? 'sliding_attention' : 'full_attention'));
}

const ropeSchema = z.looseObject({
  rope_type: singleLine().optional(),
  type: singleLine().optional(),
  rope_theta: z.number().positive().optional(),
});

/**
 * Rotations of a layer. Before transformers 5, config.json has `rope_theta` and `rope_scaling`; since then
 * `rope_parameters`, for all or for each type of layer.
 */
function ropeOf(
  positions: Extract<Family['positions'], { kind: 'rope' }>,
  config: ConfigFile,
  type: (typeof LAYER_TYPES)[number],
): Rope {
  const given = config.optional({ key: 'rope_parameters' }, z.looseObject({}));
  const own = given?.[type];
  const local = type === 'sliding_attention' ? positions.localTheta : undefined;
  if (own === undefined && local !== undefined) return { theta: config.optional(local, z.number().positive())!, scaling: null };
  const parameters = own ?? given ?? config.get('rope_scaling') ?? {};
  const rope = parsed(ropeSchema, parameters);
  const theta = rope.rope_theta ?? config.optional(positions.theta, z.number().positive())!;
  return { theta, scaling: scalingOf(rope.rope_type ?? rope.type ?? 'default', parameters) };
}

const positive = z.number().positive();
const llama3Schema = z.looseObject({
  factor: positive,
  low_freq_factor: positive,
  high_freq_factor: positive,
  original_max_position_embeddings: size,
});

function scalingOf(kind: string, parameters: unknown): RopeScaling | null {
  switch (kind) {
    case 'default':
      return null;
    case 'linear':
      return { kind, factor: parsed(z.looseObject({ factor: positive }), parameters).factor };
    case 'llama3': {
      const read = parsed(llama3Schema, parameters);
      return {
        kind,
        factor: read.factor,
        lowFrequencyFactor: read.low_freq_factor,
        highFrequencyFactor: read.high_freq_factor,
        originalPositions: read.original_max_position_embeddings,
      };
    }
    default:
      return refuse(t('RoPE scaling ({kind}) is not supported', { kind }));
  }
}

/** Index of `rope` in `ropes`, to which it is appended if new. */
function indexIn(ropes: Rope[], rope: Rope): number {
  const known = ropes.findIndex((one) => JSON.stringify(one) === JSON.stringify(rope));
  return known >= 0 ? known : ropes.push(rope) - 1;
}

function refuse(reason: string): never {
  throw new ModelError(t('This model cannot be used: {reason}.', { reason }), t('Choose another model, or the embedded one.'));
}

function parsed<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const reason = issue?.message ?? t('invalid');
  const path = issue?.path.join('.') ?? '';
  throw new ModelError(
    path === ''
      ? t('config.json is not as expected: {reason}.', { reason })
      : t('config.json is not as expected at "{path}": {reason}.', { path, reason }),
    t('Check that the folder holds a Hugging Face model with its config.json.'),
    { cause: result.error },
  );
}
