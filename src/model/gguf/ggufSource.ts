/**
 * A GGUF model as the model folder that it was made from: its JSON files are made from the metadata, its
 * weights are read in place.
 */
import { t } from '../../words/words';
import { sha256Hex } from '../../storage/sha256';
import { ModelError } from '../modelError';
import { blobFile, MissingFileError, type ModelFile, type ModelSource } from '../source/modelSource';
import { ggufArchitecture, ggufConfig } from './config';
import { readGguf, type Gguf } from './container';
import { SHARD } from './ggufName';
import { GgufWeights } from './tensors';
import { ggufTokenizer } from './tokenizer';

/**
 * @param files one file, or all shards of one model, in any order
 * @throws ModelError when shards are missing or belong to several models
 */
export function ggufSource(files: readonly ModelFile[]): ModelSource {
  const ordered = shardsInOrder(files);
  let header: Promise<Gguf> | null = null;
  const read = (): Promise<Gguf> => (header ??= readGguf(ordered));
  const open = async (): Promise<GgufWeights> => {
    const gguf = await read();
    return new GgufWeights(gguf, ggufArchitecture(gguf), ordered);
  };
  return {
    async open(name) {
      const json = await jsonOf(name, read);
      if (json === null) throw new MissingFileError(name, t('A GGUF file has none.'));
      const text = JSON.stringify(json);
      return blobFile(name, new Blob([text]), sha256Hex(text));
    },
    async typeOf() {
      const weights = await open();
      return (tensor) => weights.typeOf(tensor);
    },
    async weights(onBytes) {
      const weights = await open();
      onBytes?.({ done: weights.bytes, total: weights.bytes, origin: 'cache', kept: true });
      return weights;
    },
  };
}

async function jsonOf(name: string, read: () => Promise<Gguf>): Promise<unknown> {
  switch (name) {
    case 'config.json':
      return ggufConfig(await read());
    case 'tokenizer.json':
      return ggufTokenizer(await read()).tokenizer;
    case 'tokenizer_config.json':
      return ggufTokenizer(await read()).config;
    default:
      return null;
  }
}

function shardsInOrder(files: readonly ModelFile[]): readonly ModelFile[] {
  const placed = files.map((file) => {
    const { stem, part, parts } = SHARD.exec(file.name)?.groups ?? {};
    return { file, stem, part: Number(part), parts: Number(parts) };
  });
  const [first] = placed;
  if (first === undefined || (placed.length === 1 && first.stem === undefined)) return files;
  const advice = t('Open all parts of one model at once, and no others.');
  if (placed.some(({ stem, parts }) => stem === undefined || stem !== first.stem || parts !== first.parts)) {
    throw new ModelError(t('These GGUF files are not the parts of one model.'), advice);
  }
  const sorted = placed.sort((a, b) => a.part - b.part);
  const missing = Array.from({ length: first.parts }, (_, i) => i + 1).filter((part) => !sorted.some((one) => one.part === part));
  if (missing.length > 0 || sorted.length !== first.parts) {
    const part = missing[0] ?? sorted.length;
    throw new ModelError(
      t('Of {stem} part {part} of {parts} is missing.', { stem: first.stem!, part: String(part), parts: String(first.parts) }),
      advice,
    );
  }
  return sorted.map(({ file }) => file);
}
