/** A run file of another site, which a link names: requested without credentials, and only after a person has agreed. */
import { readRecord, type ReadRecord } from '../opening/readRecord';

/** Bytes of a run file, packed and unpacked. */
const MOST_FETCHED = 32_000_000;
const MOST_UNPACKED = 256_000_000;

/** Whether a person is asked before the page requests something from there: its own site is none that is new. */
export function isElsewhere(url: string, own = location.origin): boolean {
  return new URL(url).origin !== own;
}

/** The run file, or why it could not be had, as a sentence. */
export async function fetchHostedRun(url: string, signal?: AbortSignal): Promise<ReadRecord> {
  const text = await fetchHosted(url, signal);
  return 'reason' in text ? text : readRecord(text.text);
}

/** The text of a JSON file of another site, unpacked. */
export async function fetchHosted(
  url: string,
  signal?: AbortSignal,
): Promise<{ readonly text: string } | { readonly kind: 'unreadable'; readonly reason: string }> {
  const { host } = new URL(url);
  const refused = (reason: string) => ({ kind: 'unreadable', reason }) as const;
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', ...(signal && { signal }) });
  } catch {
    // Which of these it is, browsers tell no page.
    return refused(`${host} could not be reached, or does not let other sites read the file (CORS).`);
  }
  if (!response.ok || response.body === null) return refused(`${host} answered with HTTP ${response.status}.`);
  try {
    const bytes = await collected(response.body, MOST_FETCHED);
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const plain = packed
      ? await collected(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')), MOST_UNPACKED)
      : bytes;
    return { text: new TextDecoder().decode(plain) };
  } catch (error) {
    return refused(error instanceof RangeError ? error.message : `The file from ${host} is damaged, or broke off.`);
  }
}

/** @throws RangeError past the limit */
async function collected(stream: ReadableStream<Uint8Array<ArrayBuffer>>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength;
    if (size > most) {
      await reader.cancel();
      throw new RangeError(`The file is larger than ${most / 1e6} MB.`);
    }
    chunks.push(chunk.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
