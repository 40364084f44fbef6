/**
 * What the first bytes of a picture say about it, before it is decoded: formats are recognised by their
 * bytes, never by name.
 */

export type PictureFormat = 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp' | 'avif';

export interface PictureHeader {
  readonly format: PictureFormat;
  /** Pixels as stored, before any rotation. */
  readonly width: number;
  readonly height: number;
  readonly animated: boolean;
  /** A JPEG of four components. */
  readonly cmyk: boolean;
  /** Whether its EXIF data require a rotation or reflection. */
  readonly turned: boolean;
}

/** Maximum pixels of a picture; decoded, each takes four bytes. */
export const MOST_PIXELS = 50e6;

/** Why a picture is left out. */
export type PictureProblem = 'svg' | 'unknownFormat' | 'damaged' | 'noPixels' | 'manyPixels';

/** What is to be noted of a picture that is used. */
export const PICTURE_ODDITIES = ['animated', 'cmyk', 'turned'] as const satisfies readonly (keyof PictureHeader)[];
export type PictureOddity = (typeof PICTURE_ODDITIES)[number];

export type Looked =
  | { readonly header: PictureHeader; readonly problem: null }
  | { readonly header: null; readonly problem: PictureProblem };

/** @param bytes the whole file, or its start; the rest is assumed to contain nothing relevant */
export function lookAtPicture(bytes: Uint8Array): Looked {
  let header: PictureHeader | null | undefined;
  try {
    header = headerOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    // The file ends before its size.
    if (!(error instanceof RangeError)) throw error;
    return { header: null, problem: 'damaged' };
  }
  if (header === undefined) return { header: null, problem: isSvg(bytes) ? 'svg' : 'unknownFormat' };
  if (header === null) return { header: null, problem: 'damaged' };
  if (header.width === 0 || header.height === 0) return { header: null, problem: 'noPixels' };
  if (header.width * header.height > MOST_PIXELS) return { header: null, problem: 'manyPixels' };
  return { header, problem: null };
}

/**
 * Undefined for another format, null if a header of this format makes no sense.
 * @throws RangeError at the end of the bytes
 */
function headerOf(view: DataView): PictureHeader | null | undefined {
  if (begins(view, 0, '\x89PNG\r\n\x1a\n')) return png(view);
  if (begins(view, 0, '\xff\xd8\xff')) return jpeg(view);
  if (begins(view, 0, 'GIF87a') || begins(view, 0, 'GIF89a')) return gif(view);
  if (begins(view, 0, 'RIFF') && begins(view, 8, 'WEBP')) return webp(view);
  if (begins(view, 0, 'BM')) return still('bmp', view.getInt32(18, true), Math.abs(view.getInt32(22, true)));
  if (begins(view, 4, 'ftypavi')) return avif(view);
  return undefined;
}

function still(format: PictureFormat, width: number, height: number): PictureHeader {
  return { format, width: Math.max(0, width), height, animated: false, cmyk: false, turned: false };
}

function png(view: DataView): PictureHeader | null {
  if (!begins(view, 12, 'IHDR')) return null;
  let animated = false;
  for (let at = 8; at + 8 <= view.byteLength && !begins(view, at + 4, 'IDAT'); at += 12 + view.getUint32(at)) {
    if (begins(view, at + 4, 'acTL')) animated = true;
  }
  return { ...still('png', view.getUint32(16), view.getUint32(20)), animated };
}

/** Markers of frames: SOF0 … SOF15 without the tables that share their numbers. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function jpeg(view: DataView): PictureHeader | null {
  let turned = false;
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    // A fill byte, or a marker without a length.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker === 0xd9 || marker === 0xda) return null;
    else {
      if (isFrame(marker)) {
        const cmyk = view.getUint8(at + 9) === 4;
        return { ...still('jpeg', view.getUint16(at + 7), view.getUint16(at + 5)), cmyk, turned };
      }
      if (marker === 0xe1 && begins(view, at + 4, 'Exif\0\0')) turned ||= orientation(view, at + 10) > 1;
      at += 2 + view.getUint16(at + 2);
    }
  }
}

const ORIENTATION = 0x0112;

/** EXIF's orientation in the TIFF structure that starts at `from`; 1 if there is none. */
function orientation(view: DataView, from: number): number {
  const little = begins(view, from, 'II');
  if (!little && !begins(view, from, 'MM')) return 1;
  const directory = from + view.getUint32(from + 4, little);
  if (directory + 2 > view.byteLength) return 1;
  const entries = view.getUint16(directory, little);
  for (let entry = 0, at = directory + 2; entry < entries && at + 12 <= view.byteLength; entry++, at += 12) {
    if (view.getUint16(at, little) === ORIENTATION) return view.getUint16(at + 8, little);
  }
  return 1;
}

function gif(view: DataView): PictureHeader {
  const table = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const blocks = (from: number): number => {
    let at = from;
    while (at < view.byteLength && view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    return at + 1;
  };
  let [frames, at] = [0, 13 + table(view.getUint8(10))];
  while (at + 10 < view.byteLength && frames < 2) {
    const kind = view.getUint8(at);
    if (kind === 0x21) at = blocks(at + 2);
    else if (kind === 0x2c) {
      frames++;
      at = blocks(at + 11 + table(view.getUint8(at + 9)));
    } else break;
  }
  return { ...still('gif', view.getUint16(6, true), view.getUint16(8, true)), animated: frames > 1 };
}

function webp(view: DataView): PictureHeader | null {
  const three = (at: number): number => view.getUint16(at, true) + 65_536 * view.getUint8(at + 2);
  if (begins(view, 12, 'VP8X')) {
    const animated = (view.getUint8(20) & 2) !== 0;
    return { ...still('webp', 1 + three(24), 1 + three(27)), animated };
  }
  if (begins(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return still('webp', 1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff));
  }
  if (!begins(view, 12, 'VP8 ')) return null;
  return still('webp', view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
}

/** Number of bytes in which an AVIF states its size. */
const AVIF_HEAD = 65_536;

function avif(view: DataView): PictureHeader | null {
  for (let at = 0; at + 16 <= Math.min(view.byteLength, AVIF_HEAD); at++) {
    if (!begins(view, at, 'ispe')) continue;
    return { ...still('avif', view.getUint32(at + 8), view.getUint32(at + 12)), animated: begins(view, 8, 'avis') };
  }
  return null;
}

function begins(view: DataView, at: number, text: string): boolean {
  if (at + text.length > view.byteLength) return false;
  for (let i = 0; i < text.length; i++) if (view.getUint8(at + i) !== text.charCodeAt(i)) return false;
  return true;
}

function isSvg(bytes: Uint8Array): boolean {
  const head = new TextDecoder('utf-8').decode(bytes.subarray(0, 4096));
  return /^[\s\uFEFF]*</.test(head) && /<svg[\s>:]/i.test(head);
}
