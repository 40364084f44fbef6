/** Some servers send a .gz file as it is, others say that it is compressed, and it arrives unpacked: its first bytes tell. */
export function unpackedText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const stream = new Blob([bytes]).stream();
  return new Response(packed ? stream.pipeThrough(new DecompressionStream('gzip')) : stream).text();
}
