/** A laid-out figure as SVG of its exact size in millimetres. */
import { toBase64 } from '../../record/base64';
import { encodePng } from './png';
import { svgElement } from '../../scene/svg';
import type { PaperPrimitive, PlacedFigure } from './layOut';
import { POINTS_PER_MM } from './presets';
import { rounded } from './rounded';
import { PAPER_STYLE } from './printed';

/** Fonts with the same metrics replace Arimo and Tinos if these are not installed. */
const FAMILIES: Readonly<Record<string, string>> = {
  Arimo: 'Arimo, Arial, Helvetica, Liberation Sans, sans-serif',
  Tinos: 'Tinos, Times New Roman, Times, Liberation Serif, serif',
};

export interface SvgOptions {
  /** Name of the font with which the figure was laid out. */
  readonly font: string;
  readonly title: string;
  /** The font itself as a data URL, for pictures that must not depend on what is installed. */
  readonly fontUrl?: string;
}

export async function svgFigure(
  { width, height, primitives }: PlacedFigure,
  { font, title, fontUrl }: SvgOptions,
): Promise<string> {
  const clips: string[] = [];
  const parts: string[] = [];
  for (const primitive of primitives) parts.push(await element(primitive, clips));
  const face =
    fontUrl === undefined ? '' : `<style>@font-face{font-family:"${font}";src:url(${fontUrl}) format("truetype")}</style>`;
  const [mmWidth, mmHeight] = [width, height].map((points) => number(points / POINTS_PER_MM));
  const defs = clips.map((box, i) => `<clipPath id="c${i}"><rect ${box}/></clipPath>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${mmWidth!}mm" height="${mmHeight!}mm" viewBox="0 0 ${number(width)} ${number(height)}" font-family="${FAMILIES[font] ?? font}">
<title>${escaped(title)}</title>
<defs>${face}${defs}</defs>
<rect width="${number(width)}" height="${number(height)}" fill="#ffffff"/>
${parts.filter(Boolean).join('\n')}
</svg>
`;
}

const number = (value: number): string => rounded(value, 2);

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ');
}

async function element(primitive: PaperPrimitive, clips: string[]): Promise<string> {
  if (primitive.kind === 'image') {
    const { box, columns, rows, pixels } = primitive;
    const png = await encodePng(columns, rows, pixels);
    return `<image x="${number(box.left)}" y="${number(box.top)}" width="${number(box.right - box.left)}" height="${number(box.bottom - box.top)}" preserveAspectRatio="none" image-rendering="pixelated" href="data:image/png;base64,${toBase64(png)}"/>`;
  }
  const clip = 'clip' in primitive ? primitive.clip : undefined;
  const box =
    clip &&
    `x="${number(clip.left - 1)}" y="${number(clip.top - 1)}" width="${number(clip.right - clip.left + 2)}" height="${number(clip.bottom - clip.top + 2)}"`;
  if (box !== undefined && !clips.includes(box)) clips.push(box);
  const { name, attributes, text } = svgElement(primitive, PAPER_STYLE, box && `url(#c${clips.indexOf(box)})`);
  const written = Object.entries(attributes).flatMap(([attribute, value]) =>
    value === undefined ? [] : ` ${attribute.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}="${value}"`,
  );
  return `<${name}${written.join('')}${text === undefined ? '/>' : `>${escaped(text)}</${name}>`}`;
}
