/**
 * A model as a folder with which transformers.js (https://huggingface.co/docs/transformers.js) can generate text: `onnx/model.onnx` with
 * a key-value cache, config.json, generation_config.json and the tokenizer's files.
 */
import type { PiecedFile } from '../storage/zipWriter';
import type { LoadedModel } from './loadedModel';
import { wholeWeights } from './decoderTensors';
import { familyNamed } from './family';
import { mergeLora, type LoraAdapter } from './lora';
import { ModelError } from './modelError';
import { decoderFiles } from './onnx/decoderGraph';
import { readAll, readJson, unlessMissing, type ModelSource } from './source/modelSource';

export interface OnnxExport {
  readonly model: Pick<LoadedModel, 'id' | 'hash' | 'version' | 'config' | 'weights'>;
  /** The folder that the model was loaded from. */
  readonly source: Pick<ModelSource, 'open'>;
  /** Merged into the weights; null: the base model. */
  readonly adapter: LoraAdapter | null;
  /** How the README describes the weights: `Action after 400 steps`. */
  readonly title: string;
}

const GRAPH = 'model.onnx';

/**
 * Files share memory with those of the model's weights that were not merged.
 * @param most maximum bytes of weights in one file; by default protobuf's limit of 2 GiB
 * @throws ModelError when a file of the model's folder can no longer be read.
 */
export async function exportOnnx({ model, source, adapter, title }: OnnxExport, most?: number): Promise<PiecedFile[]> {
  const { config } = model;
  const base = await wholeWeights(model.weights, config);
  const weights = adapter === null ? base : mergeLora(config, base, adapter);
  const options = { input: 'ids', outputs: ['logits'], cache: true, positions: config.maxPositions } as const;
  const graph = decoderFiles(config, weights, options, GRAPH, most);
  const configJson = await readConfigJson(source);
  const generation = await readOptional(source, 'generation_config.json');
  return [
    ...[...graph].map(([name, pieces]) => ({ path: `onnx/${name}`, pieces })),
    file('config.json', json(exportedConfig(configJson, familyNamed(config.family).modelType, graph.size - 1))),
    file('generation_config.json', generation ?? json(generationConfig(configJson, model))),
    file('tokenizer.json', await readAll(await source.open('tokenizer.json'))),
    file('tokenizer_config.json', (await readOptional(source, 'tokenizer_config.json')) ?? json(TOKENIZER_CONFIG)),
    file('README.md', new TextEncoder().encode(readme(model, title))),
  ];
}

/** transformers.js accepts no tokenizer without one. */
const TOKENIZER_CONFIG = { tokenizer_class: 'PreTrainedTokenizerFast' };

function exportedConfig(original: object, modelType: string, dataFiles: number): object {
  return {
    model_type: modelType,
    ...original,
    // The default of its WebAssembly backend would be model_quantized.onnx.
    'transformers.js_config': {
      dtype: 'fp32',
      ...(dataFiles > 0 && { use_external_data_format: { [GRAPH]: dataFiles } }),
    },
  };
}

function generationConfig(original: object, { config }: OnnxExport['model']): object {
  // config.json may name several end tokens.
  const { eos_token_id: ends = config.eosId } = original as { eos_token_id?: unknown };
  return { bos_token_id: config.bosId, eos_token_id: ends, pad_token_id: config.padId };
}

function file(path: string, bytes: Uint8Array): PiecedFile {
  return { path, pieces: [bytes] };
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

async function readConfigJson(source: Pick<ModelSource, 'open'>): Promise<object> {
  const parsed = await readJson(source, 'config.json');
  if (typeof parsed !== 'object' || parsed === null) {
    throw new ModelError('config.json is not an object.', 'Open the model again.');
  }
  return parsed;
}

/** Null if the folder has no such file. */
function readOptional({ open }: Pick<ModelSource, 'open'>, name: string): Promise<Uint8Array | null> {
  return unlessMissing(open(name).then(readAll), null);
}

function readme({ id, version, hash }: OnnxExport['model'], title: string): string {
  return `# ${title}

${id}${version === undefined ? '' : `, commit ${version}`} (SHA-256 of its weights: ${hash}), written by KARMA Playground as float32 ONNX for transformers.js:

\`\`\`js
import { pipeline } from '@huggingface/transformers';
const generate = await pipeline('text-generation', 'path/or/id/of/this/folder', { dtype: 'fp32' });
console.log(await generate('…', { max_new_tokens: 20, do_sample: false }));
\`\`\`

The licence is that of ${id}.
`;
}
