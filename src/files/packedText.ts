/** Texts inside links: deflated, in base64url, with limits in both directions. */
import { fromBase64, toBase64 } from '../record/base64';
import { compressed } from '../storage/bytes';
import { collected } from './collected';
import { unreadable, type Unreadable } from './readRecord';
import { t } from '../words/words';

/** Maximum bytes of a packed text: longer links break in mail and chat. */
export const MOST_PACKED = 8192;
/** Maximum bytes that it may unpack to. */
const MOST_UNPACKED = 4_000_000;

/** @returns the text for the link, and its number of bytes before base64 */
export async function packText(text: string): Promise<{ readonly text: string; readonly bytes: number }> {
  const packed = await compressed(text, 'deflate-raw');
  return { text: toBase64(packed).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''), bytes: packed.byteLength };
}

/** The original text, or why it cannot be restored. */
export async function unpackText(packed: string): Promise<{ readonly text: string } | Unreadable> {
  if (packed.length > Math.ceil(MOST_PACKED / 3) * 4) return unreadable(t('It is larger than what a link may have.'));
  if (!/^[\w-]+$/.test(packed)) return unreadable(t('Something is missing, or does not belong there.'));
  try {
    const bytes = fromBase64(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const error = (): Error => new RangeError(t('It unpacks to more than what a link may have.'));
    return { text: new TextDecoder().decode(await collected(stream, { limit: { most: MOST_UNPACKED, error } })) };
  } catch (error) {
    return unreadable(error instanceof RangeError ? error.message : t('It is not whole: part of the link was lost on the way.'));
  }
}
