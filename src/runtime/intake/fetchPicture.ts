/** Pictures from URLs, only on hosts that the user has approved. */

/** Why a picture from a URL is left out. */
export type LinkProblem = 'hostNotAgreed' | 'hostUnreachable' | 'hostRefused' | 'hostGivenUp' | 'manyBytes';

export const MOST_PICTURE_BYTES = 30e6;
const SECONDS = 30;
const MOST_FAILURES = 20;

export class PictureFetcher {
  /** Consecutive failures, by origin. */
  private readonly failures = new Map<string, number>();

  /** @param agreed origins */
  constructor(
    private readonly agreed: ReadonlySet<string>,
    private readonly signal: AbortSignal,
  ) {}

  /** @returns the bytes, or why there are none. @throws the signal's reason */
  async fetch(url: URL): Promise<Uint8Array<ArrayBuffer> | LinkProblem> {
    if (!this.agreed.has(url.origin)) return 'hostNotAgreed';
    const failed = this.failures.get(url.origin) ?? 0;
    if (failed >= MOST_FAILURES) return 'hostGivenUp';
    const found = await this.read(url);
    this.failures.set(url.origin, found === 'hostUnreachable' ? failed + 1 : 0);
    return found;
  }

  private async read(url: URL): Promise<Uint8Array<ArrayBuffer> | LinkProblem> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(1000 * SECONDS)]);
    try {
      // A redirect would lead to a host that the user was not asked about.
      const response = await fetch(url, {
        signal,
        redirect: 'error',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        cache: 'force-cache',
      });
      if (!response.ok) {
        await response.body?.cancel();
        return 'hostRefused';
      }
      return await readLimited(response);
    } catch (error) {
      this.signal.throwIfAborted();
      // A timeout is a DOMException, any other network failure a TypeError.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      return 'hostUnreachable';
    }
  }
}

async function readLimited(response: Response): Promise<Uint8Array<ArrayBuffer> | LinkProblem> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body!.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    bytes += next.value.length;
    if (bytes > MOST_PICTURE_BYTES) {
      await reader.cancel();
      return 'manyBytes';
    }
    pieces.push(next.value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
