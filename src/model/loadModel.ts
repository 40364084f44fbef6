/** A Hugging Face model folder → LoadedModel: config, tokenizer and weights, every shape checked. */
import type { ModelSummary } from '../spec/runRecord';
import type { StageProgress } from '../spec/runEvents';
import type { BlockWeights, DecoderConfig, DecoderWeights, LoadedModel } from './decoderConfig';
import { ModelError } from './modelError';
import { readConfig } from './readConfig';
import { parseSafetensors, readFloatTensor, type SafetensorsFile } from './safetensors';
import { sha256Hex } from './sha256';
import type { ModelSource } from './source';
import type { CreateTokenizer } from './tokenizer';

const WEIGHTS_FILE = 'model.safetensors';

/**
 * Reads config.json, tokenizer.json, tokenizer_config.json and model.safetensors, each once.
 * @param onProgress bytes of the weights, as stage `download` or `cache`.
 * @throws ModelError when a file is missing, damaged or of a kind that the engine does not know.
 */
export async function loadModel(
  source: ModelSource,
  id: string,
  onProgress: (progress: StageProgress) => void,
  createTokenizer: CreateTokenizer,
  signal?: AbortSignal,
): Promise<LoadedModel> {
  // The config first: an unknown architecture is refused before its weights are downloaded.
  const config = readConfig(await readJson(source, 'config.json', signal));
  const tokenizer = createTokenizer(
    await readJson(source, 'tokenizer.json', signal),
    await readJson(source, 'tokenizer_config.json', signal),
  );
  const bytes = await source.read(
    WEIGHTS_FILE,
    (done, total, origin) => {
      const stage = origin === 'network' ? 'download' : 'cache';
      onProgress({ stage, note: `${origin === 'network' ? 'Downloading' : 'Reading'} ${id}`, done, total });
    },
    signal,
  );
  const hash = await sha256Hex(bytes);
  const weights = readWeights(parseSafetensors(bytes, WEIGHTS_FILE), config);
  return { id, hash, config, weights, tokenizer, bytes: bytes.length };
}

/** The checkpoint's names of one block's tensors and their shapes. */
export function blockTensors(
  config: DecoderConfig,
  layer: number,
): Record<keyof BlockWeights, readonly [string, readonly number[]]> {
  const { hidden, intermediate } = config;
  const queries = config.heads * config.headSize;
  const keys = config.kvHeads * config.headSize;
  const block = `model.layers.${layer}`;
  return {
    inputNorm: [`${block}.input_layernorm.weight`, [hidden]],
    q: [`${block}.self_attn.q_proj.weight`, [queries, hidden]],
    k: [`${block}.self_attn.k_proj.weight`, [keys, hidden]],
    v: [`${block}.self_attn.v_proj.weight`, [keys, hidden]],
    o: [`${block}.self_attn.o_proj.weight`, [hidden, queries]],
    postNorm: [`${block}.post_attention_layernorm.weight`, [hidden]],
    gate: [`${block}.mlp.gate_proj.weight`, [intermediate, hidden]],
    up: [`${block}.mlp.up_proj.weight`, [intermediate, hidden]],
    down: [`${block}.mlp.down_proj.weight`, [hidden, intermediate]],
  };
}

/**
 * The decoder's weights from a checkpoint; views into the file where it stores aligned float32.
 * @throws ModelError when a tensor is missing or does not have the shape that `config` says.
 */
export function readWeights(file: SafetensorsFile, config: DecoderConfig): DecoderWeights {
  const blocks = Array.from({ length: config.layers }, (_, layer): BlockWeights => {
    const tensors = blockTensors(config, layer);
    const read = (role: keyof BlockWeights) => readFloatTensor(file, ...tensors[role]);
    return {
      inputNorm: read('inputNorm'),
      q: read('q'),
      k: read('k'),
      v: read('v'),
      o: read('o'),
      postNorm: read('postNorm'),
      gate: read('gate'),
      up: read('up'),
      down: read('down'),
    };
  });
  return {
    embedding: readFloatTensor(file, 'model.embed_tokens.weight', [config.vocabulary, config.hidden]),
    blocks,
    finalNorm: readFloatTensor(file, 'model.norm.weight', [config.hidden]),
  };
}

/** What a run record keeps of a model. A tied head is counted once. */
export function modelSummary(model: LoadedModel): ModelSummary {
  const { config, weights } = model;
  const inBlocks = weights.blocks.flatMap((block) => Object.values(block) as Float32Array[]);
  const parameters = [weights.embedding, weights.finalNorm, ...inBlocks].reduce((sum, { length }) => sum + length, 0);
  return {
    id: model.id,
    hash: model.hash,
    architecture: config.architecture,
    parameters,
    layers: config.layers,
    heads: config.heads,
    kvHeads: config.kvHeads,
    hidden: config.hidden,
    vocabulary: config.vocabulary,
    bytes: model.bytes,
  };
}

async function readJson(source: ModelSource, file: string, signal: AbortSignal | undefined): Promise<unknown> {
  const bytes = await source.read(file, undefined, signal);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelError(`${file} is not valid JSON.`, 'Download the model again.', { cause });
  }
}
