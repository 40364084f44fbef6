/** Texts inside links: deflated, in base64 for addresses, within limits on both sides. */
import { fromBase64, toBase64 } from '../../record/base64';

/** Bytes that a text may have when it is packed: longer links break in mail and chat. */
export const MOST_PACKED = 8192;
/** Bytes that it may unpack to. */
const MOST_UNPACKED = 4_000_000;

/** @returns the text for the link, and how many bytes it is without base64 */
export async function packText(text: string): Promise<{ readonly text: string; readonly bytes: number }> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  return { text: toBase64(packed).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''), bytes: packed.byteLength };
}

/** The text again, or why it cannot be had. */
export async function unpackText(
  packed: string,
): Promise<{ readonly text: string } | { readonly kind: 'unreadable'; readonly reason: string }> {
  const refused = (reason: string) => ({ kind: 'unreadable', reason }) as const;
  if (packed.length > Math.ceil(MOST_PACKED / 3) * 4) return refused('It is larger than what a link may have.');
  if (!/^[\w-]+$/.test(packed)) return refused('Something is missing, or does not belong there.');
  try {
    return { text: await inflated(fromBase64(packed.replaceAll('-', '+').replaceAll('_', '/'))) };
  } catch (error) {
    return refused(error instanceof RangeError ? error.message : 'It is not whole: part of the link was lost on the way.');
  }
}

/** @throws RangeError past the limit; TypeError where it is damaged */
async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength;
    if (size > MOST_UNPACKED) {
      await reader.cancel();
      throw new RangeError('It unpacks to more than what a link may have.');
    }
    chunks.push(chunk.value);
  }
  return new Blob(chunks).text();
}
