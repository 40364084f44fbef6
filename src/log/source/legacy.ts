/**
 * Which encoding a text has that is not UTF-8: chardet's guess, if the bytes bear it out, else Windows-1252.
 */
import { analyse } from 'chardet';

/** Encodings by the name that chardet has for each. */
const BY_NAME = {
  GB18030: 'gb18030',
  Big5: 'big5',
  'EUC-KR': 'euc-kr',
  'EUC-JP': 'euc-jp',
  Shift_JIS: 'shift_jis',
  'windows-1251': 'windows-1251',
  'KOI8-R': 'koi8-r',
  'windows-1252': 'windows-1252',
} as const;

/** A label of TextDecoder; Windows-1252 includes Latin-1. */
export type Legacy = (typeof BY_NAME)[keyof typeof BY_NAME];

const NEWLINE = 10;
/** Bytes that are judged. */
const MOST_BYTES = 1 << 16;
/** Share of a text's bytes beyond ASCII that stand alone between ASCII in Latin scripts: `é` in `café`. */
const ALONE = 0.5;

/** The lines that are not UTF-8. */
function legacyLines(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const lines = new Uint8Array(Math.min(bytes.length, MOST_BYTES));
  let filled = 0;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const line = bytes.subarray(start, end);
    if (!decodes(line, 'utf-8')) {
      if (filled + line.length > lines.length) break;
      lines.set(line, filled);
      filled += line.length;
    }
    start = end;
  }
  return lines.subarray(0, filled);
}

/**
 * Whether bytes beyond ASCII stand alone, and none is a control character of Latin-1, with which Shift-JIS
 * starts its characters.
 */
function looksLatin(bytes: Uint8Array): boolean {
  let [beyond, alone, control] = [0, 0, 0];
  bytes.forEach((byte, at) => {
    if (byte < 128) return;
    beyond++;
    if (byte < 160) control++;
    if ((bytes[at - 1] ?? 0) < 128 && (bytes[at + 1] ?? 0) < 128) alone++;
  });
  return alone > ALONE * beyond && control <= ALONE * beyond;
}

function decodes(bytes: Uint8Array<ArrayBuffer>, encoding: Legacy | 'utf-8'): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The encoding of whole lines, some of which are not UTF-8. */
export function legacyOf(bytes: Uint8Array<ArrayBuffer>): Legacy {
  const lines = legacyLines(bytes);
  if (looksLatin(lines)) return 'windows-1252';
  const names: Readonly<Record<string, Legacy>> = BY_NAME;
  const found = analyse(lines).flatMap(({ name }) => names[name] ?? []);
  return found.find((encoding) => decodes(lines, encoding)) ?? 'windows-1252';
}
