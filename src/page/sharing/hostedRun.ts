/** A run file of another site, named by a link: requested without credentials, and only after the user's consent. */
import { collected, type Collecting } from '../opening/collected';
import { readRecord, unreadable, type ReadRecord, type Unreadable } from '../opening/readRecord';
import { isGzip } from '../opening/unpackedText';

/** Maximum bytes of a run file, compressed and uncompressed. */
const MOST_FETCHED = 32_000_000;
const MOST_UNPACKED = 256_000_000;

/** Whether the page must ask before it requests something from that URL, which its own site does not need. */
export function isElsewhere(url: string, own = location.origin): boolean {
  return new URL(url).origin !== own;
}

/** The run file, or a sentence saying why it could not be loaded. */
export async function fetchHostedRun(url: string, signal?: AbortSignal): Promise<ReadRecord> {
  const text = await fetchHosted(url, signal);
  return 'reason' in text ? text : readRecord(text.text);
}

/** The text of a JSON file of another site, unpacked. */
export async function fetchHosted(url: string, signal?: AbortSignal): Promise<{ readonly text: string } | Unreadable> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', ...(signal && { signal }) });
  } catch {
    // Browsers do not tell pages which of these it is.
    return unreadable(`${host} could not be reached, or does not let other sites read the file (CORS).`);
  }
  if (!response.ok || response.body === null) return unreadable(`${host} answered with HTTP ${response.status}.`);
  try {
    const bytes = await collected(response.body, within(MOST_FETCHED));
    const plain = isGzip(bytes)
      ? await collected(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')), within(MOST_UNPACKED))
      : bytes;
    return { text: new TextDecoder().decode(plain) };
  } catch (error) {
    return unreadable(error instanceof RangeError ? error.message : `The file from ${host} is damaged, or broke off.`);
  }
}

function within(most: number): Collecting {
  return { limit: { most, error: () => new RangeError(`The file is larger than ${most / 1e6} MB.`) } };
}
