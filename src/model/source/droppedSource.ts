/** A model's files as dropped or chosen by the user. */
import { t } from '../../words/words';
import { isGguf } from '../gguf/ggufName';
import { ggufSource } from '../gguf/ggufSource';
import { blobFile, MissingFileError, type ModelSource } from './modelSource';

/** Files by name alone, whatever their folders. GGUF files contain everything. */
export function droppedSource(files: readonly File[]): ModelSource {
  const packed = files.filter(({ name }) => isGguf(name));
  if (packed.length > 0) return ggufSource(packed.map((file) => blobFile(file.name, file)));
  const byName = new Map(files.map((file) => [file.name, file]));
  return {
    open(name, options) {
      const file = byName.get(name);
      if (file === undefined) {
        return Promise.reject(new MissingFileError(name, t('Drop the whole model folder, or all its files at once.')));
      }
      options?.onBytes?.({ done: file.size, total: file.size, origin: 'cache', kept: false });
      return Promise.resolve(blobFile(name, file));
    },
  };
}
