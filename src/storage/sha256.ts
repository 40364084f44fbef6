/**
 * SHA-256, a piece at a time: Web Crypto requires the whole message at once, for which model files are too
 * large.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

export class Sha256 {
  readonly #hash = sha256.create();

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  /** 64 lower-case hex digits. Nothing may be added afterwards. */
  hex(): string {
    return bytesToHex(this.#hash.digest());
  }
}

/** SHA-256 of bytes, or of text in UTF-8, as 64 lower-case hex digits. */
export function sha256Hex(message: Uint8Array | string): string {
  return bytesToHex(sha256(typeof message === 'string' ? utf8ToBytes(message) : message));
}
