export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Some servers send a .gz file as is, others with Content-Encoding, so that it arrives unpacked; its first
 * bytes tell.
 */
export function unpackedText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream();
  return new Response(isGzip(bytes) ? stream.pipeThrough(new DecompressionStream('gzip')) : stream).text();
}
