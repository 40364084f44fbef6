/** Texts of dropped or chosen JSON files, with or without gzip. */
import { openSources } from '../log/source/source';

/**
 * Enough of a JSON file to distinguish our own, which starts with its format, from an array or lines of
 * events.
 */
const HEAD = 1000;

/** Unpacked like logs, with the same limits. @throws LogError for an empty file */
async function contentOf(file: File): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const [source] = await openSources([file]);
  return source!.open();
}

/** The whole text. @throws LogError or TypeError for an empty, a damaged or a far too large file */
export async function jsonText(file: File): Promise<string> {
  return new Response(await contentOf(file)).text();
}

/** Whether a file is our own JSON; only its start is unpacked, since it may be a log. */
export async function namesFormat(file: File): Promise<boolean> {
  if (!/\.json(?:\.gz)?$/i.test(file.name)) return false;
  const decoder = new TextDecoder();
  let text = '';
  try {
    const reader = (await contentOf(file)).getReader();
    while (text.length < HEAD) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
  } catch {
    // A damaged archive is left to the log reader to refuse.
    return false;
  }
  return /^\uFEFF?\s*\{\s*"format"/.test(text);
}
