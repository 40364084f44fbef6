import { ModelError } from './modelError';

/**
 * SHA-256 of `bytes` as 64 lower-case hex digits.
 * @throws ModelError outside a secure context, where browsers offer no Web Crypto.
 */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // The type says it is always there; plain http from another host leaves it undefined.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new ModelError(
      'This page cannot compute checksums, because it was not opened over a secure connection.',
      'Open the page over https, or from localhost.',
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
