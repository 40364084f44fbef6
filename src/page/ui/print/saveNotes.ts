import { shownCharts } from '../../../charts/export/chartData';
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import type { NotePart } from './notesArchive';

/**
 * Downloads notes with the charts that are on the page.
 * @throws Error if the fonts of figures cannot be fetched
 */
export async function saveNotes(title: string, parts: readonly NotePart[]): Promise<void> {
  const { packNotes } = await import('./notesArchive');
  const charts = shownCharts().map(({ data }) => data);
  saveFile(
    `${slugOf(title).replace(/^-|-$/g, '')}.notes.zip`,
    new Blob([await packNotes(title, parts, charts)], { type: 'application/zip' }),
  );
}
