/**
 * A placed figure as PDF 1.5: one page of its exact size, lines, areas, images, and text in an embedded font
 * that readers can search. A writer of our own, since a figure needs only five operators and one font, while
 * libraries that embed fonts have ten times the code.
 */
import { compressed, concatenate } from '../../storage/bytes';
import { outlineOf, type Box, type Primitive } from '../../scene/drawing';
import type { PaperPrimitive, PrintedImage, PlacedFigure } from './layOut';
import { channelsOf, PAPER_STYLE } from './printed';
import { rounded } from './rounded';
import { textWidth, type Font } from './trueType';

/** Bézier handles of a quarter of a circle. */
const KAPPA = 0.5522847498;

/** Indicates that the font is a subset. */
const SUBSET = 'KARMAP';

interface Stream {
  /** Entries of its dictionary besides length and filter. */
  readonly entries: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export async function pdfFigure(
  { width, height, primitives }: PlacedFigure,
  font: Font,
  title: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const images: PrintedImage[] = [];
  const used = new Map<number, number>();
  const content = primitives.map((primitive) => operators(primitive, { height, font, images, used })).join('\n');
  const [page, contents, type0, cid, descriptor, file, unicode] = [3, 4, 5, 6, 7, 8, 9] as const;
  const firstImage = 10;
  const scaled = (units: number): number => Math.round((units * 1000) / font.unitsPerEm);
  const xobjects = images.map((_, i) => `/I${i} ${firstImage + i} 0 R`).join(' ');
  const objects: (string | Stream)[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${page} 0 R] /Count 1 >>`,
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${number(width)} ${number(height)}] /Contents ${contents} 0 R /Resources << /Font << /F ${type0} 0 R >> /XObject << ${xobjects} >> >> >>`,
    { entries: '', bytes: latin(content) },
    `<< /Type /Font /Subtype /Type0 /BaseFont /${SUBSET}+${font.name} /Encoding /Identity-H /DescendantFonts [${cid} 0 R] /ToUnicode ${unicode} 0 R >>`,
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${SUBSET}+${font.name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${descriptor} 0 R /CIDToGIDMap /Identity /W [${[
      ...used.keys(),
    ]
      .sort((a, b) => a - b)
      .map((glyph) => `${glyph} [${scaled(font.widths[glyph]!)}]`)
      .join(' ')}] >>`,
    `<< /Type /FontDescriptor /FontName /${SUBSET}+${font.name} /Flags 4 /FontBBox [${font.box.map(scaled).join(' ')}] /ItalicAngle 0 /Ascent ${scaled(font.ascent)} /Descent ${scaled(font.descent)} /CapHeight ${scaled(font.ascent * 0.8)} /StemV 80 /FontFile2 ${file} 0 R >>`,
    { entries: `/Length1 ${font.bytes.length}`, bytes: font.bytes },
    { entries: '', bytes: latin(unicodeMap(used)) },
    ...images.map(({ columns, rows, pixels }): Stream => ({
      entries: `/Type /XObject /Subtype /Image /Width ${columns} /Height ${rows} /ColorSpace /DeviceRGB /BitsPerComponent 8`,
      bytes: Uint8Array.from(pixels),
    })),
    `<< /Title ${textString(title)} /Creator (KARMA Playground) >>`,
  ];
  return pdfFile(objects);
}

async function pdfFile(objects: readonly (string | Stream)[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const put = (bytes: Uint8Array): void => {
    parts.push(bytes);
    length += bytes.length;
  };
  // The second line marks the file as binary for transfer programs.
  put(latin('%PDF-1.5\n%\u00e2\u00e3\u00cf\u00d3\n'));
  const places: number[] = [];
  for (const [i, object] of objects.entries()) {
    places.push(length);
    if (typeof object === 'string') {
      put(latin(`${i + 1} 0 obj\n${object}\nendobj\n`));
      continue;
    }
    const packed = await compressed(object.bytes, 'deflate');
    put(latin(`${i + 1} 0 obj\n<< ${object.entries} /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`));
    put(packed);
    put(latin('\nendstream\nendobj\n'));
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  put(
    latin(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return concatenate(parts);
}

interface Drawing {
  readonly height: number;
  readonly font: Font;
  readonly images: PrintedImage[];
  /** Character of each drawn glyph. */
  readonly used: Map<number, number>;
}

function operators(primitive: PaperPrimitive, { height, font, images, used }: Drawing): string {
  const point = ([x, y]: readonly [number, number]): string => `${number(x)} ${number(height - y)}`;
  switch (primitive.kind) {
    case 'line': {
      const { colour, width, dash = [] } = primitive.stroke;
      const [first, ...rest] = primitive.points;
      return `q ${clipOf(primitive.clip, height)}${rgb(colour)} RG ${number(width)} w 1 j [${dash.map(number).join(' ')}] 0 d ${point(first!)} m ${rest.map((one) => `${point(one)} l`).join(' ')} S Q`;
    }
    case 'area': {
      const [first, ...rest] = primitive.points;
      return `q ${clipOf(primitive.clip, height)}${rgb(primitive.colour)} rg ${point(first!)} m ${rest.map((one) => `${point(one)} l`).join(' ')} h f Q`;
    }
    case 'symbols': {
      const { colour, filled } = primitive;
      const look = filled
        ? `${rgb(colour)} rg 1 1 1 RG ${PAPER_STYLE.edge} w`
        : `1 1 1 rg ${rgb(colour)} RG ${PAPER_STYLE.outline} w`;
      return `q ${look} ${symbolsPath(primitive, point)} B Q`;
    }
    case 'text': {
      const {
        at: [x, y],
        text,
        size,
        anchor,
        colour,
        upright,
      } = primitive;
      const back = { start: 0, middle: 0.5, end: 1 }[anchor] * textWidth(font, text, size);
      const hex = Array.from(text, (character) => {
        const code = character.codePointAt(0)!;
        const glyph = font.glyphOf(code);
        used.set(glyph, code);
        return glyph.toString(16).padStart(4, '0');
      }).join('');
      const matrix = upright ? `0 1 -1 0 ${point([x, y + back])}` : `1 0 0 1 ${point([x - back, y])}`;
      return `BT ${rgb(colour)} rg /F ${size} Tf ${matrix} Tm <${hex}> Tj ET`;
    }
    case 'image': {
      images.push(primitive);
      const { left, top, right, bottom } = primitive.box;
      return `q ${number(right - left)} 0 0 ${number(bottom - top)} ${number(left)} ${number(height - bottom)} cm /I${images.length - 1} Do Q`;
    }
  }
}

function symbolsPath(
  { points, symbol, size }: Extract<Primitive, { kind: 'symbols' }>,
  point: (at: readonly [number, number]) => string,
): string {
  const outline = outlineOf(symbol, size);
  return points
    .map(([x, y]) => {
      if ('points' in outline) {
        const [first, ...rest] = outline.points.map(([dx, dy]) => point([x + dx, y + dy]));
        return `${first!} m ${rest.map((one) => `${one} l`).join(' ')} h`;
      }
      const r = outline.radius;
      const k = KAPPA * r;
      const curve = (...handles: readonly (readonly [number, number])[]): string =>
        `${handles.map(([dx, dy]) => point([x + dx, y + dy])).join(' ')} c`;
      return `${point([x + r, y])} m ${curve([r, k], [k, r], [0, r])} ${curve([-k, r], [-r, k], [-r, 0])} ${curve([-r, -k], [-k, -r], [0, -r])} ${curve([k, -r], [r, -k], [r, 0])} h`;
    })
    .join(' ');
}

function clipOf(clip: Box | undefined, height: number): string {
  if (clip === undefined) return '';
  return `${number(clip.left - 1)} ${number(height - clip.bottom - 1)} ${number(clip.right - clip.left + 2)} ${number(clip.bottom - clip.top + 2)} re W n `;
}

const number = (value: number): string => rounded(value, 3);

function rgb(colour: string): string {
  return channelsOf(colour)
    .map((value) => number(value / 255))
    .join(' ');
}

function latin(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function hex16(code: number): string {
  // Characters beyond the basic plane are two surrogates.
  return Array.from({ length: String.fromCodePoint(code).length }, (_, i) =>
    String.fromCodePoint(code).charCodeAt(i).toString(16).padStart(4, '0'),
  ).join('');
}

function textString(text: string): string {
  return `<feff${Array.from(text, (character) => hex16(character.codePointAt(0)!)).join('')}>`;
}

/** Maps glyphs to characters, so that text can be searched and copied. */
function unicodeMap(used: ReadonlyMap<number, number>): string {
  const lines = [...used].map(([glyph, code]) => `<${glyph.toString(16).padStart(4, '0')}> <${hex16(code)}>`);
  const blocks = Array.from({ length: Math.ceil(lines.length / 100) }, (_, i) => lines.slice(100 * i, 100 * (i + 1)));
  return `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def /CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
${blocks.map((block) => `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`).join('\n')}
endcmap CMapName currentdict /CMap defineresource pop end end`;
}
