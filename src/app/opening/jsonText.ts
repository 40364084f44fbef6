/** Texts of JSON files that were dropped or chosen, packed with gzip or not. */

/** Enough of a JSON file to tell one of ours, which begins with its format, from an array or lines of events. */
const HEAD = 1000;

function isPacked({ name }: File): boolean {
  return /\.json\.gz$/i.test(name);
}

function contentOf(file: File): ReadableStream<Uint8Array<ArrayBuffer>> {
  return isPacked(file) ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
}

/** The whole text. @throws TypeError for a damaged gzip file */
export function jsonText(file: File): Promise<string> {
  return new Response(contentOf(file)).text();
}

/** Whether a file is JSON of ours: no more of it is unpacked than its beginning, since it may be a log. */
export async function namesFormat(file: File): Promise<boolean> {
  if (!isPacked(file) && !/\.json$/i.test(file.name)) return false;
  const reader = contentOf(file).getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    while (text.length < HEAD) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
  } catch {
    // A damaged archive is for the reader of logs to refuse.
    return false;
  }
  return /^\uFEFF?\s*\{\s*"format"/.test(text);
}
