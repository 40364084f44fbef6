/** What a file is according to its first bytes, if it is not a log. */

const SIGNATURES: readonly (readonly [number[], string])[] = [
  [[0x25, 0x50, 0x44, 0x46], 'This is a PDF. Export the log as CSV and open that.'],
  [[0x89, 0x50, 0x4e, 0x47], 'This is an image. Choose a file with one line per event.'],
  [[0xff, 0xd8, 0xff], 'This is an image. Choose a file with one line per event.'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'This is an old Excel or Word file. Save the sheet as "CSV UTF-8" and open the result.'],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], 'This is an SQLite database. Export the table as CSV and open that.'],
  [[0x89, 0x48, 0x44, 0x46], 'This is an HDF5 file. Export the table as CSV or Parquet and open that.'],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], 'This is an Arrow (Feather) file. Save it as Parquet and open that.'],
  [[0x4f, 0x52, 0x43], 'This is an ORC file. Save it as Parquet and open that.'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'This is a 7-Zip archive. Unpack it and open the files in it.'],
  [[0x42, 0x5a, 0x68], 'The file is packed with bzip2. Unpack it and open the result.'],
  [[0xfd, 0x37, 0x7a, 0x58], 'The file is packed with xz. Unpack it and open the result.'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'The file is packed with zstd. Unpack it and open the result.'],
  [[0x52, 0x61, 0x72, 0x21], 'This is a RAR archive. Unpack it and open the files in it.'],
];

const PICKLE = 'This is a Python pickle, which may run code when opened. Save the table as CSV or Parquet and open that.';
const LFS = 'version https://git-lfs.github.com/spec/';

/**
 * Protocols 2 to 5 begin with their number, 0 and 1 with the operations that make a dict, a list or an
 * object.
 */
function isPickle(head: Uint8Array): boolean {
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) return true;
  return /^(?:\((?:[dl]p\d+\n|d?S'|lI)|\]q\0|\}q\0|c(?:__builtin__|copy_reg|numpy|pandas|collections)[\w.]*\n)/.test(
    String.fromCharCode(...head.subarray(0, 64)),
  );
}

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface Sniffed {
  readonly kind: 'text' | 'parquet' | 'npy' | 'refused';
  readonly encoding: TextEncoding;
  /** Bytes of a byte-order mark. */
  readonly mark: number;
  /** Why it is refused, and what to do. */
  readonly message: string;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function text(encoding: TextEncoding, mark: number): Sniffed {
  return { kind: 'text', encoding, mark, message: '' };
}

/** Latin text in UTF-16 without a byte-order mark has a zero in every other byte. */
function unmarkedUtf16(head: Uint8Array): TextEncoding | null {
  const pairs = Math.floor(head.length / 2);
  let [even, odd] = [0, 0];
  for (let i = 0; i < 2 * pairs; i += 2) {
    if (head[i] === 0) even++;
    if (head[i + 1] === 0) odd++;
  }
  if (pairs < 4) return null;
  if (odd > pairs / 2 && even === 0) return 'utf-16le';
  return even > pairs / 2 && odd === 0 ? 'utf-16be' : null;
}

/** @param head the first few hundred bytes of the file */
export function sniff(head: Uint8Array): Sniffed {
  if (startsWith(head, [0x50, 0x41, 0x52, 0x31])) return { kind: 'parquet', encoding: 'utf-8', mark: 0, message: '' };
  if (startsWith(head, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) {
    return { kind: 'npy', encoding: 'utf-8', mark: 0, message: 'This is a NumPy array, not text.' };
  }
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return text('utf-8', 3);
  if (startsWith(head, [0xff, 0xfe])) return text('utf-16le', 2);
  if (startsWith(head, [0xfe, 0xff])) return text('utf-16be', 2);
  const refused = SIGNATURES.find(([signature]) => startsWith(head, signature));
  const reason = refused?.[1] ?? (isPickle(head) ? PICKLE : undefined);
  if (reason !== undefined) return { kind: 'refused', encoding: 'utf-8', mark: 0, message: reason };
  return text(unmarkedUtf16(head.subarray(0, 400)) ?? 'utf-8', 0);
}

/** A web page, or a pointer to a file that was not fetched, instead of a log; null for other texts. */
export function refuseMarkup(head: string): string | null {
  if (head.startsWith(LFS)) {
    return 'This is a Git LFS pointer: the file itself was not downloaded. Run "git lfs pull", or download the file from its page, and open that.';
  }
  return /^\s*<(?:!doctype|html|\?xml|head|body|svg)/i.test(head)
    ? 'This is a web page, not a log: a download probably ended on an error or login page. Download the file again.'
    : null;
}
