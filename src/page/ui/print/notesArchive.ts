/** The user's notes as a Markdown file with the charts of the page as figures beside it. */
import type { ChartData } from '../../../scene/charts/chart';
import { slugOf } from '../../../charts/export/saveFile';
import { FIGURE_PRESETS } from '../../../paper/figures/presets';
import { markdownText } from '../../../paper/tables/markdownTable';
import { zipOurs } from '../../../files/ourArchive';
import { figureFile, prepareFigure } from './figureFiles';

export interface NotePart {
  /** What the notes are on, unless it is what the file is on. */
  readonly heading: string | null;
  /** Markdown. */
  readonly text: string;
}

const FILE = 'notes.md';

/** A figure as a file beside the notes. */
interface PlacedChart {
  readonly chart: ChartData;
  readonly path: string;
}

/**
 * One figure a chart, in the size of the first journal's column.
 * @throws Error if the fonts cannot be fetched
 */
export async function packNotes(
  title: string,
  parts: readonly NotePart[],
  charts: readonly ChartData[],
): Promise<Uint8Array<ArrayBuffer>> {
  const placed = placedCharts(charts);
  const { one: width, size, font } = FIGURE_PRESETS[0]!;
  const files: Record<string, string | Uint8Array> = { [FILE]: notesMarkdown(title, parts, placed) };
  for (const { chart, path } of placed) {
    const prepared = await prepareFigure({ charts: [chart], width, columns: null, size, font });
    const { content } = await figureFile(prepared, 'svg', chart.name);
    files[path] = new Uint8Array(await content.arrayBuffer());
  }
  return zipOurs(files);
}

/** Numbered, since two charts may have the same name. */
export function placedCharts(charts: readonly ChartData[]): PlacedChart[] {
  return charts.map((chart, i) => ({ chart, path: `figures/${i + 1}-${slugOf(chart.name).replace(/^-|-$/g, '')}.svg` }));
}

export function notesMarkdown(title: string, parts: readonly NotePart[], charts: readonly PlacedChart[]): string {
  const told = parts.filter(({ text }) => text.trim() !== '');
  return [
    `# Notes on ${markdownText(title)}`,
    ...told.flatMap(({ heading, text }) => [...(heading === null ? [] : [`## ${markdownText(heading)}`]), text.trim()]),
    ...(charts.length === 0 ? [] : ['## Figures']),
    ...charts.map(({ chart: { name }, path }) => `![${markdownText(name)}](${path})\n\n*${markdownText(name)}*`),
  ]
    .join('\n\n')
    .concat('\n');
}
