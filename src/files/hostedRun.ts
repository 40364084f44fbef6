/**
 * A run file of another site, named by a link: requested without credentials, and only after the user's
 * consent.
 */
import { collected, type Collecting } from './collected';
import { readRecord, unreadable, type ReadRecord, type Unreadable } from './readRecord';
import { isGzip } from './unpackedText';
import { t } from '../words/words';

/** Maximum bytes of a run file, compressed and uncompressed. */
const MOST_FETCHED = 32_000_000;
const MOST_UNPACKED = 256_000_000;

/** Whether the page must ask before it requests something from that URL, which its own site does not need. */
export function isElsewhere(url: string, own = location.origin): boolean {
  return new URL(url).origin !== own;
}

/** The run of a run file or of an experiment's ZIP, or a sentence saying why it could not be loaded. */
export async function fetchHostedRun(url: string, signal?: AbortSignal): Promise<ReadRecord> {
  const fetched = await fetchBytes(url, signal);
  if ('reason' in fetched) return fetched;
  return isZip(fetched.bytes) ? runInZip(url, fetched.bytes) : readRecord(textOf(fetched.bytes));
}

/** The text of a JSON file of another site, unpacked. */
export async function fetchHosted(url: string, signal?: AbortSignal): Promise<{ readonly text: string } | Unreadable> {
  const fetched = await fetchBytes(url, signal);
  return 'reason' in fetched ? fetched : { text: textOf(fetched.bytes) };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** Only the run: a log and adapters in the archive are opened as a file. */
async function runInZip(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<ReadRecord> {
  const { isExperimentArchive, unpackExperiment } = await import('./experimentArchive');
  const { ArchiveError } = await import('./unzipFiles');
  const name = new URL(url).pathname.split('/').at(-1) ?? '';
  const file = new File([bytes], name);
  try {
    if (!(await isExperimentArchive(file)))
      return unreadable(t('{name} is not an experiment that this page exported. Download it, and open it as a file.', { name }));
    return { kind: 'record', record: (await unpackExperiment(name, file)).record };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return unreadable(error.message);
  }
}

async function fetchBytes(url: string, signal?: AbortSignal): Promise<{ readonly bytes: Uint8Array<ArrayBuffer> } | Unreadable> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', ...(signal && { signal }) });
  } catch {
    // Browsers do not tell pages which of these it is.
    return unreadable(t('{host} could not be reached, or does not let other sites read the file (CORS).', { host }));
  }
  if (!response.ok || response.body === null)
    return unreadable(t('{host} answered with HTTP {status}.', { host, status: response.status }));
  try {
    const bytes = await collected(response.body, within(MOST_FETCHED));
    const plain = isGzip(bytes)
      ? await collected(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')), within(MOST_UNPACKED))
      : bytes;
    return { bytes: plain };
  } catch (error) {
    return unreadable(
      error instanceof RangeError ? error.message : t('The file from {host} is damaged, or broke off.', { host }),
    );
  }
}

function within(most: number): Collecting {
  return { limit: { most, error: () => new RangeError(t('The file is larger than {most} MB.', { most: most / 1e6 })) } };
}
