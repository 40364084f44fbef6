/**
 * One stand-alone SVG of exactly what a figure shows: every `svg` and `canvas` marked `data-chart` inside it, at its place,
 * with the styles that the page's sheets gave it written into it.
 */
import { zoomOf } from '../pointer';

const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
  'font-variant-numeric',
  'text-anchor',
] as const;

const SVG = 'http://www.w3.org/2000/svg';

export interface FigureSvg {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

const PADDING = 16;
const HEADING = 34;

/** @param notes lines of text that stand between the charts (arm names), marked `data-chart-text` */
export function figureSvg(figure: HTMLElement, title: string): FigureSvg {
  const parts = [...figure.querySelectorAll<SVGSVGElement | HTMLCanvasElement | HTMLElement>('[data-chart], [data-chart-text]')];
  // As large as where nothing is enlarged.
  const zoom = zoomOf(figure);
  const boxes = parts.map((part) => {
    const { left, top, width, height } = part.getBoundingClientRect();
    return new DOMRect(left / zoom, top / zoom, width / zoom, height / zoom);
  });
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const width = Math.ceil(Math.max(...boxes.map((box) => box.right)) - left) + 2 * PADDING;
  const height = Math.ceil(Math.max(...boxes.map((box) => box.bottom)) - top) + 2 * PADDING + HEADING;
  const page = getComputedStyle(figure);

  const root = document.createElementNS(SVG, 'svg');
  root.setAttribute('xmlns', SVG);
  root.setAttribute('width', String(width));
  root.setAttribute('height', String(height));
  root.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const ground = append(root, 'rect', { width, height });
  ground.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  text(root, title, PADDING, PADDING + 12, page, 14);

  parts.forEach((part, i) => {
    const box = boxes[i]!;
    const x = box.left - left + PADDING;
    const y = box.top - top + PADDING + HEADING;
    if (part instanceof HTMLCanvasElement) {
      const image = append(root, 'image', { x, y, width: box.width, height: box.height });
      image.setAttribute('href', part.toDataURL('image/png'));
      image.style.setProperty('image-rendering', 'pixelated');
    } else if (part instanceof SVGSVGElement) {
      const copy = part.cloneNode(true) as SVGSVGElement;
      inlineStyles(part, copy);
      copy.setAttribute('x', String(x));
      copy.setAttribute('y', String(y));
      copy.setAttribute('overflow', 'visible');
      root.append(copy);
    } else {
      text(root, part.textContent, x, y + box.height / 2 + 4, getComputedStyle(part), 12);
    }
  });
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

function append(parent: Element, name: string, attributes: Readonly<Record<string, number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  parent.append(element);
  return element;
}

function text(root: Element, content: string, x: number, y: number, style: CSSStyleDeclaration, size: number): void {
  const element = append(root, 'text', { x, y });
  element.textContent = content;
  element.setAttribute('fill', style.color);
  element.setAttribute('font-family', style.fontFamily);
  element.setAttribute('font-size', String(size));
}

function inlineStyles(from: Element, to: Element): void {
  const computed = getComputedStyle(from);
  // By the object model: the page's Content-Security-Policy forbids style attributes.
  to.removeAttribute('style');
  if (to instanceof SVGElement) for (const name of STYLES) to.style.setProperty(name, computed.getPropertyValue(name));
  to.removeAttribute('class');
  const children = [...to.children];
  [...from.children].forEach((child, i) => {
    const copy = children[i];
    if (copy) inlineStyles(child, copy);
  });
}

/** Pixels of a PNG for each of the page's. */
export type PngScale = 1 | 2 | 4;

/** The figure as a PNG, so many times as large as on the page. */
export async function figurePng({ text: source, width, height }: FigureSvg, scale: PngScale): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gave no 2D canvas to draw the PNG on.');
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The browser could not write the PNG.'));
    }, 'image/png');
  });
}
