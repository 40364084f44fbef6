import { isGguf } from '../gguf/ggufName';

/** Whether files are a model rather than a log or a record: there is a config.json, or weights. */
export function isModel(files: readonly { readonly name: string }[]): boolean {
  return files.some(({ name }) => name === 'config.json' || name.endsWith('.safetensors') || isGguf(name));
}
