/** Bytes of several pieces as one, and compressed by the browser. In the browser and in Node. */

export function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * Pieces that come one at a time, each given to the browser, which may keep it on disk.
 * @throws as the pieces do
 */
export async function streamed(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Blob> {
  const parts: Blob[] = [];
  for await (const piece of pieces) parts.push(new Blob([piece as BlobPart]));
  return new Blob(parts);
}

/** @param format `deflate` is zlib's, which PDF and PNG read; `deflate-raw` that of ZIP entries */
export async function compressed(data: BlobPart, format: CompressionFormat): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
