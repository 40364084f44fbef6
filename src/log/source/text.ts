/** Bytes → text in pieces: encodings are recognised line by line, line ends become `\n`. */
import { t } from '../../words/words';
import { turn } from '../turn';
import { LogError } from '../types';
import { refuse } from '../issues';
import type { Source } from './source';
import { legacyOf, type Legacy } from './legacy';
import { refuseMarkup, sniff, type TextEncoding } from './sniff';

/** How the lines of one source are encoded, filled in while it is read. */
export interface EncodingTally {
  encoding: TextEncoding;
  mark: boolean;
  /** Lines that are not UTF-8. */
  legacyLines: number;
  /** In which they were read. */
  legacy: Legacy;
  /** Whether some line beyond ASCII is UTF-8. */
  hasUtf8: boolean;
  /** The first of `legacyLines`, counted from 1. */
  readonly firstLegacy: number[];
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes on disk read since the last call, whose records are still to come. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Number of rows, if the source announces it, before the first of them. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

export function emptyTally(): EncodingTally {
  return { encoding: 'utf-8', mark: false, legacyLines: 0, legacy: 'windows-1252', hasUtf8: false, firstLegacy: [] };
}

/** Size from which pieces without a line end are cut. */
const LONG_PIECE = 1 << 16;
const HEAD = 512;
const NEWLINE = 10;

/** Bytes after which cancellation is checked. */
const BREATH = 1 << 21;

/** The source's bytes; errors of unpacking become errors that the user can act on. */
export async function* sourceBytes(
  source: Source,
  { signal, onBytes }: ReadOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const reader = source.open(onBytes).getReader();
  let since = 0;
  try {
    for (;;) {
      if (signal !== undefined && since >= BREATH) {
        since = 0;
        await turn();
      }
      signal?.throwIfAborted();
      let next;
      try {
        next = await reader.read();
      } catch (error) {
        if (error instanceof LogError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        throw refuse(
          source.name,
          t('The file cannot be unpacked or read to its end ({reason}). Download or copy it again.', { reason }),
        );
      }
      if (next.done) return;
      since += next.value.byteLength;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** `a`, then `b`. */
export function join(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (a.length === 0) return b;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/**
 * Where to cut without splitting a line or a character: after the last line end, or in a long line before its
 * last character.
 */
function cutAt(bytes: Uint8Array): number {
  const newline = bytes.lastIndexOf(NEWLINE);
  if (newline >= 0 || bytes.length < LONG_PIECE) return newline + 1;
  let end = bytes.length - 1;
  while (end > bytes.length - 4 && (bytes[end]! & 0xc0) === 0x80) end--;
  return end;
}

function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** Decodes whole lines as UTF-8 or, if they are not, in the encoding that the first such lines have. */
function lineDecoder(file: string, tally: EncodingTally): (bytes: Uint8Array<ArrayBuffer>) => string {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let legacy: TextDecoder | null = null;
  let line = 1;
  const decodeLines = (bytes: Uint8Array<ArrayBuffer>): string => {
    if (legacy === null) {
      tally.legacy = legacyOf(bytes);
      legacy = new TextDecoder(tally.legacy);
    }
    const parts: string[] = [];
    for (let start = 0, at = line; start < bytes.length; at++) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline + 1;
      const own = bytes.subarray(start, end);
      try {
        parts.push(utf8.decode(own));
        if (own.some((byte) => byte > 127)) tally.hasUtf8 = true;
      } catch {
        parts.push(legacy.decode(own));
        tally.legacyLines++;
        if (tally.firstLegacy.length < 5) tally.firstLegacy.push(at);
      }
      start = end;
    }
    return parts.join('');
  };
  return (bytes) => {
    const nul = bytes.indexOf(0);
    if (nul >= 0) {
      const at = line + countNewlines(bytes.subarray(0, nul));
      throw refuse(
        file,
        t('There is binary data here, not text. The file is damaged, or not a log; export it as CSV or Parquet.'),
        at,
      );
    }
    let text: string;
    try {
      text = utf8.decode(bytes);
      // Fewer characters than bytes: some are beyond ASCII.
      if (text.length < bytes.length) tally.hasUtf8 = true;
    } catch {
      text = decodeLines(bytes);
    }
    line += countNewlines(bytes);
    return text;
  };
}

/** Decodes as many bytes as it can, and returns their number. */
type Decode = (bytes: Uint8Array<ArrayBuffer>, final: boolean) => { readonly text: string; readonly taken: number };

function decoderFor(file: string, encoding: TextEncoding, tally: EncodingTally): Decode {
  if (encoding === 'utf-8') {
    const decodeLines = lineDecoder(file, tally);
    return (bytes, final) => {
      const taken = final ? bytes.length : cutAt(bytes);
      return { text: taken === 0 ? '' : decodeLines(bytes.subarray(0, taken)), taken };
    };
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (bytes, final) => ({ text: decoder.decode(bytes, { stream: !final }), taken: bytes.length });
}

/** Inspects the first bytes. @returns how to decode what follows the byte-order mark */
function startDecoding(file: string, head: Uint8Array, tally: EncodingTally): { readonly decode: Decode; readonly mark: number } {
  const { kind, encoding, mark, message } = sniff(head);
  if (kind !== 'text') throw refuse(file, message);
  tally.encoding = encoding;
  tally.mark = mark > 0;
  return { decode: decoderFor(file, encoding, tally), mark };
}

async function* decodedPieces(source: Source, tally: EncodingTally, options: ReadOptions): AsyncGenerator<string, void> {
  let decode: Decode | undefined;
  let carry = new Uint8Array();
  for await (const chunk of sourceBytes(source, options)) {
    carry = join(carry, chunk);
    if (decode === undefined) {
      if (carry.length < HEAD) continue;
      const started = startDecoding(source.name, carry, tally);
      decode = started.decode;
      carry = carry.subarray(started.mark);
    }
    const { text, taken } = decode(carry, false);
    if (text !== '') yield text;
    carry = carry.slice(taken);
  }
  const started = decode === undefined ? startDecoding(source.name, carry, tally) : { decode, mark: 0 };
  yield started.decode(carry.subarray(started.mark), true).text;
}

/**
 * The text of a source in pieces of some 64 kB, byte-order mark removed, every line end turned into `\n`.
 * @throws LogError for binary data, web pages, archives that cannot be unpacked; the signal's reason when
 * aborted.
 */
export async function* readText(source: Source, tally: EncodingTally, options: ReadOptions = {}): AsyncGenerator<string, void> {
  let held = '';
  let first = true;
  for await (const piece of decodedPieces(source, tally, options)) {
    let text = held + piece;
    held = '';
    if (first) {
      const markup = refuseMarkup(text.slice(0, 500));
      if (markup !== null) throw refuse(source.name, markup);
      first = false;
    }
    // The second half of a `\r\n` may be in the next piece.
    if (text.endsWith('\r')) [text, held] = [text.slice(0, -1), '\r'];
    if (text !== '') yield text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
  }
  if (held !== '') yield '\n';
}
