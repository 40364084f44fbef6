/** What GGUF files are called. Apart from what reads them, so that the page does not load it. */

/** `model-00001-of-00003.gguf` */
export const SHARD = /^(?<stem>.*)-(?<part>\d{5})-of-(?<parts>\d{5})\.gguf$/;

export function isGguf(name: string): boolean {
  return name.toLowerCase().endsWith('.gguf');
}

/** A file's name without its ending and its place among shards: what the model is called. */
export function ggufTitle(name: string): string {
  return SHARD.exec(name)?.groups?.stem ?? name.replace(/\.gguf$/i, '');
}
