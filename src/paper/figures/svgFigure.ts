/** A laid-out figure as SVG of its exact size in millimetres. */
import { toBase64 } from '../../record/base64';
import { encodePng } from './png';
import type { PlacedFigure, Primitive } from './layOut';
import { POINTS_PER_MM } from './presets';
import { rounded } from './rounded';
import { outlineOf } from './symbols';

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

async function element(primitive: Primitive, clips: string[]): Promise<string> {
  switch (primitive.kind) {
    case 'line':
    case 'area': {
      const clip = primitive.clip;
      const points = primitive.points.map(([x, y]) => `${number(x)} ${number(y)}`).join('L');
      let inside = '';
      if (clip !== null) {
        const box = `x="${number(clip.left - 1)}" y="${number(clip.top - 1)}" width="${number(clip.right - clip.left + 2)}" height="${number(clip.bottom - clip.top + 2)}"`;
        if (!clips.includes(box)) clips.push(box);
        inside = ` clip-path="url(#c${clips.indexOf(box)})"`;
      }
      if (primitive.kind === 'area') return `<path d="M${points}Z" fill="${primitive.colour}"${inside}/>`;
      const { colour, width, dash } = primitive.stroke;
      const dashed = dash.length === 0 ? '' : ` stroke-dasharray="${dash.map(number).join(' ')}"`;
      return `<path d="M${points}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dashed}${inside}/>`;
    }
    case 'symbol': {
      const outline = outlineOf(primitive.symbol, primitive.size);
      const [x, y] = primitive.at;
      const look = primitive.filled
        ? `fill="${primitive.colour}" stroke="#ffffff" stroke-width="0.4"`
        : `fill="#ffffff" stroke="${primitive.colour}" stroke-width="0.8"`;
      if (outline.kind === 'circle') return `<circle cx="${number(x)}" cy="${number(y)}" r="${number(outline.radius)}" ${look}/>`;
      return `<path d="M${outline.points.map(([dx, dy]) => `${number(x + dx)} ${number(y + dy)}`).join('L')}Z" ${look}/>`;
    }
    case 'text': {
      const [x, y] = primitive.at.map(number);
      const turned = primitive.upright ? ` transform="rotate(-90 ${x!} ${y!})"` : '';
      const anchor = primitive.anchor === 'start' ? '' : ` text-anchor="${primitive.anchor}"`;
      return `<text x="${x!}" y="${y!}" font-size="${primitive.size}" fill="${primitive.colour}"${anchor}${turned}>${escaped(primitive.text)}</text>`;
    }
    case 'image': {
      const { box, columns, rows, pixels } = primitive;
      const png = await encodePng(columns, rows, pixels);
      return `<image x="${number(box.left)}" y="${number(box.top)}" width="${number(box.right - box.left)}" height="${number(box.bottom - box.top)}" preserveAspectRatio="none" image-rendering="pixelated" href="data:image/png;base64,${toBase64(png)}"/>`;
    }
  }
}
