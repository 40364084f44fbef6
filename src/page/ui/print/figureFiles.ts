/** Files of a figure for print. Fonts are fetched for the first file. */
import { inEnglish, t } from '../../../words/words';
import type { ChartData } from '../../../scene/charts/chart';
import { layOut, type PlacedFigure } from '../../../paper/figures/layOut';
import { pdfFigure } from '../../../paper/figures/pdfFigure';
import { pgfFigure } from '../../../paper/figures/pgfFigure';
import { encodeDrawing, withResolution } from '../../../paper/figures/png';
import { POINTS_PER_MM, type FontName } from '../../../paper/figures/presets';
import { svgFigure } from '../../../paper/figures/svgFigure';
import { missingCharacters, readFont, type Font } from '../../../paper/figures/trueType';
import { vegaFigure } from '../../../paper/figures/vegaFigure';
import { inkFrom, printed } from '../../../paper/figures/printed';
import { panelOf } from '../../../scene/charts/chart';
import { toBase64 } from '../../../record/base64';
import theme from '../theme.css?raw';

const inkOf = inkFrom(theme);

export type FigureFormat = 'pdf' | 'svg' | 'png' | 'pgf' | 'vega';

export interface FigureChoice {
  readonly charts: readonly ChartData[];
  /** Millimetres. */
  readonly width: number;
  readonly columns: number | null;
  readonly size: number;
  readonly font: FontName;
}

const FONTS: Readonly<Record<FontName, readonly [name: string, file: string]>> = {
  sans: ['Arimo', 'fonts/arimo.ttf'],
  serif: ['Tinos', 'fonts/tinos.ttf'],
};

const fonts = new Map<FontName, Promise<Font>>();

/** @throws Error if the font cannot be fetched; the next call tries again */
function fontOf(name: FontName): Promise<Font> {
  let font = fonts.get(name);
  if (font === undefined) {
    font = fetchFont(name);
    fonts.set(name, font);
    font.catch(() => fonts.delete(name));
  }
  return font;
}

async function fetchFont(name: FontName): Promise<Font> {
  const [family, file] = FONTS[name];
  const response = await fetch(import.meta.env.BASE_URL + file);
  if (!response.ok) throw new Error(t('The font could not be fetched ({file}: {status}).', { file, status: response.status }));
  return readFont(family, new Uint8Array(await response.arrayBuffer()));
}

export interface PreparedFigure {
  readonly placed: PlacedFigure;
  readonly font: Font;
  /** Millimetres. */
  readonly width: number;
  readonly height: number;
  /** Characters missing from the font. */
  readonly missing: readonly string[];
}

export async function prepareFigure({ charts, width, columns, size, font: name }: FigureChoice): Promise<PreparedFigure> {
  const font = await fontOf(name);
  const placed = inEnglish(() =>
    layOut(
      charts.map((chart) => printed(panelOf(chart), inkOf)),
      { width, columns, size, font },
    ),
  );
  const texts = placed.primitives.flatMap((primitive) => (primitive.kind === 'text' ? [primitive.text] : []));
  return {
    ...{ placed, font },
    width: placed.width / POINTS_PER_MM,
    height: placed.height / POINTS_PER_MM,
    missing: missingCharacters(font, texts.join('')),
  };
}

export interface FigureFile {
  readonly content: Blob;
  readonly suffix: string;
  /** Notes for the user, besides its size. */
  readonly note: string;
}

/** @param title of the figure, for programs that list files by it */
export async function figureFile(prepared: PreparedFigure, format: FigureFormat, title: string): Promise<FigureFile> {
  const { placed, font } = prepared;
  const file = (content: BlobPart, type: string, suffix: string, note = ''): FigureFile => ({
    content: new Blob([content], { type }),
    ...{ suffix, note },
  });
  switch (format) {
    case 'pdf':
      return file(await pdfFigure(placed, font, title), 'application/pdf', 'pdf');
    case 'svg':
      return file(await svgFigure(placed, { font: font.name, title }), 'image/svg+xml', 'svg');
    case 'pgf':
      return file(pgfFigure(placed, title), 'application/x-tex', 'tex');
    case 'vega':
      return file(vegaFigure(placed, title, font.name), 'application/json', 'vl.json');
    case 'png': {
      const { png, dotsPerInch } = await pngFigure(placed, await pictureOf(prepared, title));
      return file(png, 'image/png', 'png', t('{n} dots per inch', { n: dotsPerInch }));
    }
  }
}

/** The figure as an image for an `<img>`, with its font. */
export async function pictureOf({ placed, font }: PreparedFigure, title: string): Promise<string> {
  const fontUrl = `data:font/ttf;base64,${toBase64(font.bytes)}`;
  const svg = await svgFigure(placed, { font: font.name, title, fontUrl });
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

export const MOST_BYTES = 200_000;
/** The resolution that journals require for line drawings, or less if the file would be too large. */
const RESOLUTIONS = [600, 450, 300, 200] as const;

async function pngFigure(
  { width, height }: PlacedFigure,
  picture: string,
): Promise<{ readonly png: Uint8Array<ArrayBuffer>; readonly dotsPerInch: number }> {
  const image = new Image();
  image.src = picture;
  await image.decode();
  for (const dotsPerInch of RESOLUTIONS) {
    const canvas = document.createElement('canvas');
    canvas.width = Math.round((width / 72) * dotsPerInch);
    canvas.height = Math.round((height / 72) * dotsPerInch);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error(t('This browser gave no 2D canvas to draw the PNG on.'));
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const png = withResolution(await encodeDrawing(canvas.width, canvas.height, data), dotsPerInch);
    if (png.length <= MOST_BYTES || dotsPerInch === RESOLUTIONS.at(-1)) return { png, dotsPerInch };
  }
  throw new Error('There is no resolution.');
}
