/** A model's files as a person dropped or chose them. */
import { ggufSource, isGguf } from '../gguf/ggufSource';
import { blobFile, MissingFileError, type ModelSource } from './modelSource';

/** Files by their names alone: the folders around them do not matter. GGUF files bring everything with them. */
export function droppedSource(files: readonly File[]): ModelSource {
  const packed = files.filter(({ name }) => isGguf(name));
  if (packed.length > 0) return ggufSource(packed.map((file) => blobFile(file.name, file)));
  const byName = new Map(files.map((file) => [file.name, file]));
  return {
    open(name, options) {
      const file = byName.get(name);
      if (file === undefined) {
        return Promise.reject(new MissingFileError(name, 'Drop the whole model folder, or all its files at once.'));
      }
      options?.onBytes?.({ done: file.size, total: file.size, origin: 'cache', kept: false });
      return Promise.resolve(blobFile(name, file));
    },
  };
}

/** Whether files are a model's rather than a log's or a record: there is a config.json, or weights. */
export function isModel(files: readonly { readonly name: string }[]): boolean {
  return files.some(({ name }) => name === 'config.json' || name.endsWith('.safetensors') || isGguf(name));
}
