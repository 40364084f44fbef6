import { LogError } from './types';

/** V8 holds no longer strings; files near it would fail later with a message that helps nobody. */
const MOST_BYTES = 400_000_000;

function fail(file: string, line: number, message: string): never {
  const place = line > 0 ? `${file}, line ${line}` : file;
  throw new LogError(`${place}: ${message}`, [{ file, line, message }]);
}

function startsWith(bytes: Uint8Array, ...prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

/** What the first bytes say the file is, when it is not text. */
function refuseBinary(file: string, bytes: Uint8Array): void {
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
    fail(file, 0, 'The file is UTF-16 text. Save it as UTF-8 (in Excel: "CSV UTF-8"), then open it again.');
  }
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04)) {
    fail(
      file,
      0,
      'This is a ZIP archive or an Excel workbook. Unpack it, or save the sheet as "CSV UTF-8", and open the result.',
    );
  }
  if (startsWith(bytes, 0x1f, 0x8b)) fail(file, 0, 'The file is gzip-compressed. Decompress it and open the result.');
  if (startsWith(bytes, 0x50, 0x41, 0x52, 0x31)) fail(file, 0, 'This is a Parquet file. Export it as CSV and open the result.');
  const nul = bytes.indexOf(0);
  if (nul < 0) return;
  // Latin text in UTF-16 without a mark has a zero in every other byte.
  const head = bytes.subarray(0, 200);
  const zeros = head.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  if (zeros > head.length / 4 && zeros <= head.length / 2 + 1) {
    fail(file, 0, 'The file looks like UTF-16 text. Save it as UTF-8 (in Excel: "CSV UTF-8"), then open it again.');
  }
  fail(file, 0, 'The file holds binary data, not delimited text. Export the log as CSV or TSV and open that.');
}

/** Line of the first byte that is no UTF-8. Called on the way out only, so its cost does not matter. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return 0;
}

/**
 * The text of a file: UTF-8, byte-order mark removed, every line ending turned into `\n`.
 * @throws LogError for files that are empty, not UTF-8, binary, or a web page or JSON in place of delimited text.
 */
export function decodeFile(file: string, bytes: Uint8Array): string {
  if (bytes.length === 0) fail(file, 0, 'The file is empty. Choose a file with a header line and one line an event.');
  if (bytes.length > MOST_BYTES) {
    fail(
      file,
      0,
      `The file has ${Math.round(bytes.length / 1e6)} MB; at most ${MOST_BYTES / 1e6} MB can be read. Cut it to fewer users.`,
    );
  }
  refuseBinary(file, bytes);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    fail(
      file,
      firstBadLine(bytes),
      'A character here is not UTF-8. Save the file as UTF-8 (in Excel: "CSV UTF-8"), then open it again.',
    );
  }
  const head = text.slice(0, 500).trimStart();
  if (head === '' && text.trim() === '')
    fail(file, 0, 'The file holds only blank lines. Choose a file with a header line and one line an event.');
  if (/^<(?:!doctype|html|\?xml|head|body)/i.test(head)) {
    fail(
      file,
      0,
      'This is a web page, not delimited text: a download probably ended on an error or login page. Download the file again.',
    );
  }
  if (/^[[{]\s*["{[\]}]/.test(head)) fail(file, 0, 'This is JSON. Convert it to CSV with a header line and one line an event.');
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}
