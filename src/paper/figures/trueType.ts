/**
 * The parts of a TrueType font needed for laying out and embedding text: glyphs of characters, their widths,
 * and a few metrics.
 */

export interface Font {
  /** Name in PDF and SVG. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly box: readonly [number, number, number, number];
  /** Width of every glyph, in font units. */
  readonly widths: readonly number[];
  /** 0 for a character missing from the font. */
  readonly glyphOf: (codePoint: number) => number;
}

/** @throws RangeError for bytes that are not such a font */
export function readFont(name: string, bytes: Uint8Array<ArrayBuffer>): Font {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = (tag: string): number => {
    for (let i = 0; i < view.getUint16(4); i++) {
      const at = 12 + 16 * i;
      if (String.fromCharCode(...bytes.subarray(at, at + 4)) === tag) return view.getUint32(at + 8);
    }
    throw new RangeError(`the font has no table ${tag}`);
  };
  const [head, hhea, hmtx, cmap, maxp] = ['head', 'hhea', 'hmtx', 'cmap', 'maxp'].map(table) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const metrics = view.getUint16(hhea + 34);
  const widths = Array.from({ length: view.getUint16(maxp + 4) }, (_, glyph) =>
    view.getUint16(hmtx + 4 * Math.min(glyph, metrics - 1)),
  );
  return {
    name,
    bytes,
    unitsPerEm: view.getUint16(head + 18),
    ascent: view.getInt16(hhea + 4),
    descent: view.getInt16(hhea + 6),
    box: [0, 1, 2, 3].map((i) => view.getInt16(head + 36 + 2 * i)) as [number, number, number, number],
    widths,
    glyphOf: characterMap(view, cmap),
  };
}

/** Format 4, of the basic multilingual plane. */
function characterMap(view: DataView, cmap: number): (codePoint: number) => number {
  const offsets = Array.from({ length: view.getUint16(cmap + 2) }, (_, i) => cmap + view.getUint32(cmap + 8 + 8 * i));
  const at = offsets.find((offset) => view.getUint16(offset) === 4);
  if (at === undefined) throw new RangeError('the font has no character map of format 4');
  const double = view.getUint16(at + 6);
  const glyphs = new Map<number, number>();
  for (let i = 0; i < double; i += 2) {
    const end = view.getUint16(at + 14 + i);
    const start = view.getUint16(at + 16 + double + i);
    const delta = view.getUint16(at + 16 + 2 * double + i);
    const place = at + 16 + 3 * double + i;
    const range = view.getUint16(place);
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const raw = range === 0 ? code : view.getUint16(place + range + 2 * (code - start));
      if (range === 0 || raw !== 0) glyphs.set(code, (raw + delta) & 0xffff);
    }
  }
  return (codePoint) => glyphs.get(codePoint) ?? 0;
}

/** Width of a text in points. */
export function textWidth({ widths, glyphOf, unitsPerEm }: Font, text: string, size: number): number {
  let units = 0;
  for (const character of text) units += widths[glyphOf(character.codePointAt(0)!)]!;
  return (units * size) / unitsPerEm;
}

/** Characters of a text that are missing from the font. */
export function missingCharacters({ glyphOf }: Font, text: string): string[] {
  return [...new Set(text)].filter((character) => glyphOf(character.codePointAt(0)!) === 0);
}
