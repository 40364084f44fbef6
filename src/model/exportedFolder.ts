/** What every exported model folder has besides its weights. */
import { t } from '../words/words';
import type { StreamedFile } from '../storage/zipWriter';
import { familyNamed } from './family';
import type { LoadedModel } from './loadedModel';
import type { LoraAdapter } from './lora';
import { ModelError } from './modelError';
import { modelName } from './modelOrigin';
import { readAll, readJson, unlessMissing, type ModelSource } from './source/modelSource';
import { onOneLine } from '../recipe/texts';

export interface ModelExport {
  readonly model: Pick<LoadedModel, 'id' | 'hash' | 'version' | 'config' | 'weights'>;
  /** Where the model was loaded from. */
  readonly source: Pick<ModelSource, 'open'>;
  /** Merged into the weights; null: the base model. */
  readonly adapter: LoraAdapter | null;
  /** How the README describes the weights: `Action after 400 steps`. */
  readonly title: string;
}

/** Readers accept no tokenizer without one. */
const TOKENIZER_CONFIG = { tokenizer_class: 'PreTrainedTokenizerFast' };

/**
 * config.json with `changes`, generation_config.json and the tokenizer's files.
 * @throws ModelError when a file of the model's folder can no longer be read
 */
export async function folderFiles({ model, source }: ModelExport, changes: object): Promise<StreamedFile[]> {
  const { config } = model;
  const original = await readConfigJson(source);
  const generation = await readOptional(source, 'generation_config.json');
  return [
    file('config.json', json({ model_type: familyNamed(config.family).modelType, ...original, ...changes })),
    file('generation_config.json', generation ?? json(generationConfig(original, model))),
    file('tokenizer.json', await readAll(await source.open('tokenizer.json'))),
    file('tokenizer_config.json', (await readOptional(source, 'tokenizer_config.json')) ?? json(TOKENIZER_CONFIG)),
  ];
}

/**
 * README.md.
 * @param made how the weights are written
 * @param code lines that load the folder, in `language`
 */
export function readmeFile({ model, title }: ModelExport, made: string, language: string, code: string): StreamedFile {
  const { version, hash } = model;
  const id = onOneLine(modelName(model.id));
  const text = `# ${onOneLine(title)}

${id}${version === undefined ? '' : `, commit ${version}`} (SHA-256 of its weights: ${hash}), written by KARMA Playground ${made}:

\`\`\`${language}
${code}
\`\`\`

The licence is that of ${id}.
`;
  return file('README.md', new TextEncoder().encode(text));
}

function generationConfig(original: object, { config }: ModelExport['model']): object {
  // config.json may name several end tokens.
  const { eos_token_id: ends = config.eosId } = original as { eos_token_id?: unknown };
  return { bos_token_id: config.bosId, eos_token_id: ends, pad_token_id: config.padId };
}

function file(path: string, bytes: Uint8Array): StreamedFile {
  return { path, pieces: [bytes] };
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

async function readConfigJson(source: Pick<ModelSource, 'open'>): Promise<object> {
  const parsed = await readJson(source, 'config.json');
  if (typeof parsed !== 'object' || parsed === null) {
    throw new ModelError(t('config.json is not an object.'), t('Open the model again.'));
  }
  return parsed;
}

/** Null if the folder has no such file. */
function readOptional({ open }: Pick<ModelSource, 'open'>, name: string): Promise<Uint8Array | null> {
  return unlessMissing(open(name).then(readAll), null);
}
