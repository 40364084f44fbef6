/** Hugging Face `config.json` → DecoderConfig. What the engine cannot compute exactly is refused here, by name. */
import { z } from 'zod';
import type { DecoderConfig } from './decoderConfig';
import { ModelError } from './modelError';

/** Architectures that the engine implements. */
export const KNOWN_ARCHITECTURES = ['LlamaForCausalLM'] as const;

const TAKE_ANOTHER = `Take a model whose config.json says ${KNOWN_ARCHITECTURES.join(' or ')}, or the embedded one.`;

const size = z.number().int().positive();
const tokenId = z.number().int().nonnegative();
const ropeSchema = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().optional(),
});

const architectureSchema = z.looseObject({ architectures: z.array(z.string()).min(1) });

/** Defaults are those of transformers' LlamaConfig. */
const llamaSchema = z.looseObject({
  vocab_size: size,
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  intermediate_size: size,
  max_position_embeddings: size,
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().nullish(),
  /** Before transformers 5. */
  rope_scaling: ropeSchema.nullish(),
  /** Since transformers 5, which moved rope_theta in here. */
  rope_parameters: ropeSchema.nullish(),
  hidden_act: z.string().default('silu'),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  bos_token_id: tokenId,
  eos_token_id: z.union([tokenId, z.array(tokenId).min(1)]),
  pad_token_id: tokenId.nullish(),
});
type LlamaConfig = z.infer<typeof llamaSchema>;

/**
 * @param json the parsed config.json.
 * @throws ModelError naming the unknown architecture, the missing field or the unsupported option.
 */
export function readConfig(json: unknown): DecoderConfig {
  const { architectures } = parsed(architectureSchema, json);
  const architecture = architectures[0]!;
  if (!KNOWN_ARCHITECTURES.some((known) => known === architecture)) {
    throw new ModelError(
      `The architecture ${architecture} is not supported; known: ${KNOWN_ARCHITECTURES.join(', ')}.`,
      TAKE_ANOTHER,
    );
  }
  const config = parsed(llamaSchema, json);
  refuseUnsupported(config);
  const heads = config.num_attention_heads;
  const kvHeads = config.num_key_value_heads ?? heads;
  const headSize = config.head_dim ?? config.hidden_size / heads;
  if (heads % kvHeads !== 0) refuse(`${heads} attention heads cannot share ${kvHeads} key-value heads evenly`);
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) refuse(`a head size of ${headSize} is not an even number`);
  const eosId = typeof config.eos_token_id === 'number' ? config.eos_token_id : config.eos_token_id[0]!;
  const padId = config.pad_token_id ?? eosId;
  for (const id of [config.bos_token_id, eosId, padId]) {
    if (id >= config.vocab_size) refuse(`token id ${id} lies outside the vocabulary of ${config.vocab_size}`);
  }
  return {
    architecture,
    vocabulary: config.vocab_size,
    hidden: config.hidden_size,
    layers: config.num_hidden_layers,
    heads,
    kvHeads,
    headSize,
    intermediate: config.intermediate_size,
    normEpsilon: config.rms_norm_eps,
    ropeTheta: config.rope_parameters?.rope_theta ?? config.rope_theta ?? 10_000,
    maxPositions: config.max_position_embeddings,
    tiedHead: true,
    bosId: config.bos_token_id,
    eosId,
    padId,
  };
}

function refuseUnsupported(config: LlamaConfig): void {
  if (config.hidden_act !== 'silu' && config.hidden_act !== 'swish')
    refuse(`the activation ${config.hidden_act} is not supported`);
  if (config.attention_bias) refuse('biases in the attention projections (attention_bias) are not supported');
  if (config.mlp_bias) refuse('biases in the MLP (mlp_bias) are not supported');
  for (const rope of [config.rope_scaling, config.rope_parameters]) {
    const kind = rope?.rope_type ?? rope?.type ?? 'default';
    if (kind !== 'default') refuse(`RoPE scaling (${kind}) is not supported`);
  }
  if (!config.tie_word_embeddings) refuse('an LM head apart from the embedding (tie_word_embeddings: false) is not supported');
}

function refuse(reason: string): never {
  throw new ModelError(`This model cannot be used: ${reason}.`, TAKE_ANOTHER);
}

function parsed<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at "${issue.path.join('.')}"`;
  throw new ModelError(
    `config.json is not as expected${where}: ${issue?.message ?? 'invalid'}.`,
    'Check that the folder holds a Hugging Face model with its config.json.',
    { cause: result.error },
  );
}
