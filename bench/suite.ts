/** The published cases, (a) to (i), and small ones of the same kinds for tests. */
import type { DecoderConfig } from '../src/model/decoderConfig';
import { readConfig } from '../src/model/readConfig';
import { DEFAULT_ARMS, runSpecSchema } from '../src/recipe/runSpec';
import type { BenchCase, BlockCase, StepCase } from './cases';

type Sizes = Pick<DecoderConfig, 'hidden' | 'layers' | 'heads' | 'kvHeads' | 'intermediate' | 'vocabulary'>;

/** What the kind of model adds to its sizes, as in a config.json. */
const LLAMA = { architectures: ['LlamaForCausalLM'], rms_norm_eps: 1e-5 };

/** A Llama's config from its sizes alone. @param kind of another model, in place of Llama's */
export function shapeOf(sizes: Sizes, kind: Readonly<Record<string, unknown>> = LLAMA): DecoderConfig {
  return readConfig({
    ...kind,
    vocab_size: sizes.vocabulary,
    hidden_size: sizes.hidden,
    num_hidden_layers: sizes.layers,
    num_attention_heads: sizes.heads,
    num_key_value_heads: sizes.kvHeads,
    intermediate_size: sizes.intermediate,
    max_position_embeddings: 256,
    tie_word_embeddings: true,
    bos_token_id: 0,
    eos_token_id: 1,
    pad_token_id: 2,
  });
}

/** One block whose heads are normalised. */
function qwen3Shape({ headSize, ...sizes }: Omit<Sizes, 'layers' | 'vocabulary'> & { readonly headSize: number }): DecoderConfig {
  const kind = { architectures: ['Qwen3ForCausalLM'], head_dim: headSize, rms_norm_eps: 1e-6 };
  return shapeOf({ ...sizes, layers: 1, vocabulary: 4 }, kind);
}

function qwen3Block(): BlockCase {
  const config = qwen3Shape({ hidden: 512, heads: 8, kvHeads: 4, headSize: 64, intermediate: 1536 });
  return { kind: 'block', id: 'b-block-qwen3-512', config, sequences: 8, length: 64, rank: 8 };
}

/** The shape of HuggingFaceTB/SmolLM2-135M. */
const SMOLLM2_135M = shapeOf({ hidden: 576, layers: 30, heads: 9, kvHeads: 3, intermediate: 1536, vocabulary: 49152 });

/** Histories of 15 items, and texts of 20 tokens. */
const SMALL_LLM = { batch: 16, history: 15, text: 20, items: 1000 } as const;

function block(hidden: number): BlockCase {
  const config = shapeOf({ hidden, layers: 1, heads: 4, kvHeads: 2, intermediate: 3 * hidden, vocabulary: 4 });
  return { kind: 'block', id: `b-block-${hidden}`, config, sequences: 16, length: 64, rank: 8 };
}

function smolLm2(arm: 'action' | 'karma'): StepCase {
  const { batch, history, text, items } = SMALL_LLM;
  const rows = history + 2 + (arm === 'karma' ? text - 1 : 0);
  return { ...stepCase(`g-smollm2-135m-${arm}`, arm, SMOLLM2_135M, { batch, rows, text, items }), long: true };
}

/** The same step with products in half precision. */
function inF16(step: StepCase): StepCase {
  const { id, spec } = step;
  return { ...step, id: `${id}-f16`, f16: true, spec: { ...spec, model: { ...spec.model, arithmetic: 'f16' } } };
}

/**
 * Sequences of `[BOS] items [EMB] | text without its last token`: `rows` rows, as many of them items as fit.
 */
export function stepCase(
  id: string,
  arm: 'action' | 'karma',
  model: StepCase['model'],
  sizes: { readonly batch: number; readonly rows: number; readonly text: number; readonly items: number },
): StepCase {
  const { lambdaGen, lambdaRec } = DEFAULT_ARMS.find((one) => one.id === arm)!;
  // An arm without text reserves the minimum room for it that a recipe allows.
  const text = lambdaGen > 0 ? sizes.text : 2;
  const history = sizes.rows - 2 - (lambdaGen > 0 ? text - 1 : 0);
  const {
    seed,
    model: precision,
    lora,
    objective,
    training,
  } = runSpecSchema.parse({
    version: 1,
    lora: { rank: 8 },
    objective: { maxHistory: history, maxTextTokens: text },
    training: { batchSize: sizes.batch, warmupSteps: 0, finalLearningRateShare: 1 },
  });
  const spec = { seed, model: precision, lora, objective, training };
  return { kind: 'step', id, model, items: sizes.items, history, text, spec, lambdaGen, lambdaRec };
}

const STEP_SIZES = { batch: 32, rows: 64, text: 20, items: 5200 } as const;

export const SUITE: readonly BenchCase[] = [
  { kind: 'matmul', id: 'a-matmul-512', rows: 512, columns: 512, depth: 512 },
  { kind: 'matmul', id: 'a-matmul-1024x256x1024', rows: 1024, columns: 1024, depth: 256 },
  { kind: 'matmul', id: 'a-matmul-4096', rows: 4096, columns: 4096, depth: 4096, long: true },
  block(128),
  block(256),
  qwen3Block(),
  { kind: 'crossEntropy', id: 'c-cross-entropy', rows: 512, columns: 8192, depth: 128 },
  stepCase('d-step-action', 'action', 'wordnet-1m', STEP_SIZES),
  stepCase('d-step-karma', 'karma', 'wordnet-1m', STEP_SIZES),
  inF16(stepCase('d-step-karma', 'karma', 'wordnet-1m', STEP_SIZES)),
  { kind: 'attention', id: 'e-attention-1024', heads: 4, kvHeads: 2, headSize: 32, sequences: 2, length: 1024 },
  { kind: 'embed', id: 'f-embed-10000', model: 'wordnet-1m', texts: 10_000, tokens: 12, long: true },
  smolLm2('action'),
  smolLm2('karma'),
  inF16(smolLm2('karma')),
  { kind: 'generate', id: 'h-generate-64', model: 'wordnet-1m', prompt: 16, tokens: 64 },
  { kind: 'experiment', id: 'i-experiment-quick', preset: 'quick', long: true },
];

const TINY_MODEL = shapeOf({ hidden: 16, layers: 2, heads: 4, kvHeads: 2, intermediate: 24, vocabulary: 32 });

/** The same kinds of work at sizes suitable for a test. */
export const TINY_SUITE: readonly BenchCase[] = [
  { kind: 'matmul', id: 'matmul', rows: 8, columns: 12, depth: 20 },
  {
    kind: 'block',
    id: 'block',
    config: shapeOf({ hidden: 16, layers: 1, heads: 4, kvHeads: 2, intermediate: 24, vocabulary: 4 }),
    sequences: 2,
    length: 5,
    rank: 4,
  },
  {
    kind: 'block',
    id: 'block-qwen3',
    config: qwen3Shape({ hidden: 16, heads: 4, kvHeads: 2, headSize: 8, intermediate: 24 }),
    sequences: 2,
    length: 5,
    rank: 4,
  },
  { kind: 'attention', id: 'attention', heads: 4, kvHeads: 2, headSize: 8, sequences: 2, length: 9 },
  { kind: 'embed', id: 'embed', model: TINY_MODEL, texts: 5, tokens: 6 },
  { kind: 'generate', id: 'generate', model: TINY_MODEL, prompt: 4, tokens: 6 },
  { kind: 'crossEntropy', id: 'cross-entropy', rows: 6, columns: 40, depth: 16 },
  // The action arm is part of it.
  stepCase('step-karma', 'karma', shapeOf({ hidden: 16, layers: 1, heads: 4, kvHeads: 2, intermediate: 24, vocabulary: 32 }), {
    batch: 3,
    rows: 10,
    text: 4,
    items: 24,
  }),
];
