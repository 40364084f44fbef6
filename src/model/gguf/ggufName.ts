/** Names of GGUF files, apart from their reader so that the page does not load it. */

/** `model-00001-of-00003.gguf` */
export const SHARD = /^(?<stem>.*)-(?<part>\d{5})-of-(?<parts>\d{5})\.gguf$/;

export function isGguf(name: string): boolean {
  return name.toLowerCase().endsWith('.gguf');
}

/** The model's name: the file's name without its extension and shard number. */
export function ggufTitle(name: string): string {
  return SHARD.exec(name)?.groups?.stem ?? name.replace(/\.gguf$/i, '');
}
