export interface Collecting {
  /** Maximum bytes of the stream, and the error for a longer one. */
  readonly limit?: { readonly most: number; readonly error: () => Error };
  /** Called with the number of bytes so far, after every piece. */
  readonly onBytes?: (done: number) => void;
}

/** All bytes of a stream. @throws the limit's error, which ends the stream; what the stream throws */
export async function collected(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { limit, onBytes }: Collecting,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    size += piece.value.byteLength;
    if (limit !== undefined && size > limit.most) {
      await reader.cancel();
      throw limit.error();
    }
    pieces.push(piece.value);
    onBytes?.(size);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
