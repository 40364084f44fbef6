/** A Hugging Face model folder → LoadedModel: config, tokenizer and weights, every shape checked. */
import type { ModelSummary } from '../spec/runRecord';
import type { StageProgress } from '../spec/runEvents';
import { Checkpoint } from './checkpoint';
import type { BlockWeights, DecoderConfig, DecoderWeights, LoadedModel } from './decoderConfig';
import { ModelError } from './modelError';
import { readConfig } from './readConfig';
import { MissingFileError, readAll, type ModelFile, type ModelSource } from './source/modelSource';
import { TransferMeter } from './source/transferMeter';
import { checkVocabulary, type CreateTokenizer } from './tokenizer';

/** Reports of one file in quick succession say nothing new. Milliseconds. */
const REPORT_EVERY = 100;

/** Brings a file of the model here and reports its bytes. */
type OpenFile = (file: string) => Promise<ModelFile>;

/**
 * Reads config.json, tokenizer.json, tokenizer_config.json (which may be missing) and the weights, in that order, so that what cannot
 * be used is refused before its weights are downloaded.
 * @param onProgress bytes of each file, as stage `download` or `cache`.
 * @throws ModelError when a file is missing, damaged or of a kind that the engine does not know; the signal's reason when aborted.
 */
export async function loadModel(
  source: ModelSource,
  id: string,
  onProgress: (progress: StageProgress) => void,
  createTokenizer: CreateTokenizer,
  signal?: AbortSignal,
): Promise<LoadedModel> {
  const open = reportingOpen(source, id, onProgress, signal);
  const config = await loadConfig({ open });
  const tokenizerJson = await readJson(open, 'tokenizer.json');
  const tokenizerConfig = await readJson(open, 'tokenizer_config.json').catch((error: unknown) => {
    if (error instanceof MissingFileError) return {};
    throw error;
  });
  checkVocabulary(tokenizerJson, config.vocabulary);
  const tokenizer = createTokenizer(tokenizerJson, tokenizerConfig);
  const checkpoint = await Checkpoint.open(open);
  checkTensors(checkpoint, config);
  const weights = await readWeights(checkpoint, config);
  return {
    id,
    hash: await checkpoint.hash(),
    ...(source.version !== undefined && { version: source.version }),
    config,
    weights,
    tokenizer,
    bytes: checkpoint.bytes,
  };
}

/** The shape of a model in a folder. @throws ModelError when it is missing, or of a kind that the engine does not know. */
export async function loadConfig({ open }: Pick<ModelSource, 'open'>): Promise<DecoderConfig> {
  return readConfig(await readJson(open, 'config.json'));
}

function reportingOpen(
  source: ModelSource,
  id: string,
  onProgress: (progress: StageProgress) => void,
  signal: AbortSignal | undefined,
): OpenFile {
  const meter = new TransferMeter(id);
  let reported = -Infinity;
  return async (file) => {
    signal?.throwIfAborted();
    return source.open(file, {
      ...(signal && { signal }),
      onBytes: (progress) => {
        const now = performance.now();
        const { done, total, origin } = progress;
        meter.update(file, progress, now);
        if (now - reported < REPORT_EVERY && done < total) return;
        reported = now;
        const note = `${origin === 'network' ? 'Downloading' : 'Reading'} ${file} of ${id}`;
        onProgress({ stage: origin === 'network' ? 'download' : 'cache', note, done, total, transfer: meter.transfer });
      },
    });
  };
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

/** The tensors of a whole decoder: names and shapes, block by block. */
export function decoderTensors(config: DecoderConfig): (readonly [string, readonly number[]])[] {
  const blocks = Array.from({ length: config.layers }, (_, layer) => Object.values(blockTensors(config, layer)));
  return [EMBEDDING(config), ...blocks.flat(), FINAL_NORM(config)];
}

const EMBEDDING = ({ vocabulary, hidden }: DecoderConfig) => ['model.embed_tokens.weight', [vocabulary, hidden]] as const;
const FINAL_NORM = ({ hidden }: DecoderConfig) => ['model.norm.weight', [hidden]] as const;

/** Every tensor is there and of the right shape, before any is read. */
function checkTensors(checkpoint: Checkpoint, config: DecoderConfig): void {
  for (const [name, shape] of decoderTensors(config)) checkpoint.check(name, shape);
}

/**
 * The decoder's weights from a checkpoint, one tensor after the other.
 * @throws ModelError when a tensor is missing or does not have the shape that `config` says.
 */
export async function readWeights(checkpoint: Pick<Checkpoint, 'read'>, config: DecoderConfig): Promise<DecoderWeights> {
  const blocks: BlockWeights[] = [];
  for (let layer = 0; layer < config.layers; layer += 1) {
    const block: Partial<Record<keyof BlockWeights, Float32Array>> = {};
    for (const [role, tensor] of Object.entries(blockTensors(config, layer))) {
      block[role as keyof BlockWeights] = await checkpoint.read(...tensor);
    }
    blocks.push(block as BlockWeights);
  }
  return {
    embedding: await checkpoint.read(...EMBEDDING(config)),
    blocks,
    finalNorm: await checkpoint.read(...FINAL_NORM(config)),
  };
}

/** What a run record keeps of a model. A tied head is counted once. */
export function modelSummary(model: LoadedModel): ModelSummary {
  const { config, weights } = model;
  const inBlocks = weights.blocks.flatMap((block) => Object.values(block) as Float32Array[]);
  const parameters = [weights.embedding, weights.finalNorm, ...inBlocks].reduce((sum, { length }) => sum + length, 0);
  return {
    id: model.id,
    ...(model.version !== undefined && { version: model.version }),
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

async function readJson(open: OpenFile, file: string): Promise<unknown> {
  const bytes = await readAll(await open(file));
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelError(`${file} is not valid JSON.`, 'Download the model again.', { cause });
  }
}
