/** A Hugging Face model folder → LoadedModel: config, tokenizer and weights, every shape checked. */
import { t } from '../words/words';
import type { ModelSummary } from '../record/runRecord';
import type { StageProgress } from '../record/runEvents';
import { Checkpoint } from './checkpoint';
import type { DecoderConfig } from './decoderConfig';
import type { LoadedModel } from './loadedModel';
import { decoderTensors, fileTypes, parameterCount, storedWeights } from './decoderTensors';
import { missingStartToken, readConfig, withGenerationEnds } from './readConfig';
import { readJson, unlessMissing, type ModelFile, type ModelSource } from './source/modelSource';
import { TransferMeter } from './source/transferMeter';
import { addedTokenId, checkVocabulary, tokenText, type CreateTokenizer } from './tokenizer';

/** Minimum milliseconds between reports of one file. */
const REPORT_EVERY = 100;

/** Fetches a file of the model and reports its bytes. */
type OpenFile = (file: string) => Promise<ModelFile>;

/**
 * Reads config.json, tokenizer.json, tokenizer_config.json, generation_config.json (the last two may be
 * missing) and the weights. The order lets a model that cannot be used be refused before its weights are
 * downloaded.
 * @param onProgress bytes of each file, as stage `download` or `cache`
 * @throws ModelError when a file is missing, damaged or of a kind that the engine does not know; the signal's
 * reason when aborted
 */
export async function loadModel(
  source: ModelSource,
  id: string,
  onProgress: (progress: StageProgress) => void,
  createTokenizer: CreateTokenizer,
  signal?: AbortSignal,
): Promise<LoadedModel> {
  const open = reportingOpen(source, id, onProgress, signal);
  const { config: shape, tokenizer, startToken } = await loadReader({ ...source, open }, createTokenizer);
  const config = withGenerationEnds(shape, await unlessMissing(readJson({ open }, 'generation_config.json'), null));
  const checkpoint = source.weights ? await source.weights() : await Checkpoint.open(open);
  // Every tensor exists with the right shape; they are read when needed.
  for (const tensor of decoderTensors(config, (name) => checkpoint.has(name))) checkpoint.check(...tensor);
  return {
    id,
    hash: await checkpoint.hash(),
    ...(source.version !== undefined && { version: source.version }),
    config,
    weights: storedWeights(checkpoint, config),
    tokenizer,
    ...(startToken && { startToken }),
    bytes: checkpoint.bytes,
  };
}

/**
 * The part of a model that encodes texts: everything but its weights. @throws ModelError when a file is
 * missing, or of a kind that the engine does not know.
 */
export async function loadReader(
  source: Pick<ModelSource, 'open' | 'typeOf'>,
  createTokenizer: CreateTokenizer,
): Promise<Pick<LoadedModel, 'config' | 'tokenizer' | 'startToken'>> {
  const config = await loadConfig(source);
  const tokenizerJson = await readJson(source, 'tokenizer.json');
  const tokenizerConfig = await unlessMissing(readJson(source, 'tokenizer_config.json'), {});
  checkVocabulary(tokenizerJson, config.vocabulary);
  const text = tokenText(tokenizerJson, config.bosId);
  return {
    config,
    tokenizer: await createTokenizer(tokenizerJson, tokenizerConfig),
    ...(text !== undefined && { startToken: { text, opensTurns: chatTemplate(tokenizerConfig).includes(text) } }),
  };
}

/** The chat template of a tokenizer_config.json; empty if it has none. */
function chatTemplate(tokenizerConfig: unknown): string {
  const { chat_template: template } = tokenizerConfig as { chat_template?: unknown };
  return typeof template === 'string' ? template : '';
}

/**
 * The shape of a model in a folder.
 * @throws ModelError when it is missing, or of a kind that the engine does not know.
 */
export async function loadConfig(source: Pick<ModelSource, 'open' | 'typeOf'>): Promise<DecoderConfig> {
  const json = await readJson(source, 'config.json');
  const token = missingStartToken(json);
  const config = readConfig(json, token === null ? undefined : addedTokenId(await readJson(source, 'tokenizer.json'), token));
  return source.typeOf === undefined ? config : { ...config, fileTypes: fileTypes(config, await source.typeOf()) };
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
        const note =
          origin === 'network' ? t('Downloading {file} of {id}', { file, id }) : t('Reading {file} of {id}', { file, id });
        onProgress({ stage: origin === 'network' ? 'download' : 'cache', note, done, total, transfer: meter.transfer });
      },
    });
  };
}

/** What a run record says about a model. A tied head is counted once. */
export function modelSummary(model: LoadedModel): ModelSummary {
  const { config } = model;
  return {
    id: model.id,
    ...(model.version !== undefined && { version: model.version }),
    hash: model.hash,
    architecture: config.architecture,
    parameters: parameterCount(config),
    layers: config.layers,
    heads: config.heads,
    kvHeads: config.kvHeads,
    hidden: config.hidden,
    vocabulary: config.vocabulary,
    bytes: model.bytes,
    ...(model.startToken && { startToken: model.startToken }),
  };
}
