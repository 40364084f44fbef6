/** Loads what an embedded figure shows: from the site, from another one after consent, or from the link. */
import { z } from 'zod';
import { forestOfSweep, forestSchema, type Forest } from '../../../experiment/grid/forest';
import { sweepSchema, type Sweep } from '../../../experiment/grid/sweep';
import { isMissing } from '../../../storage/missingFile';
import { RATES_FILE } from '../../../recipe/recordedFiles';
import type { RunRecord } from '../../../record/runRecord';
import { cutWords } from '../../../record/shortened';
import { t } from '../../../words/words';
import { readAs, readRecord } from '../../../files/readRecord';
import { fetchRecordedRun } from '../../../files/fetchRecordedRun';
import { unpackedText } from '../../../files/unpackedText';
import { listed } from '../../../readings/format';
import { fetchHosted, fetchHostedRun, isElsewhere } from '../../../files/hostedRun';
import type { EmbedLink, LinkedGrid } from '../../../files/embedLink';

export type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'run'; readonly record: RunRecord; readonly problems: readonly string[] }
  | { readonly state: 'forest'; readonly forest: Forest; readonly problems: readonly string[] }
  | { readonly state: 'failed'; readonly reason: string };

/** The URL on another site that needs the user's consent before it is requested; null if there is none. */
export function elsewhereOf({ embed, run, grid }: EmbedLink): string | null {
  const of = embed === 'forest' ? grid : run;
  return of?.kind === 'hosted' && isElsewhere(of.url) ? of.url : null;
}

/** The recorded run that is shown if a link names none. */
const FIRST = 'strong';

export async function loadEmbedded(link: EmbedLink, signal: AbortSignal): Promise<Loaded> {
  try {
    return link.embed === 'forest' ? await loadForest(link, signal) : await loadRun(link, signal);
  } catch (error) {
    return { state: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function loadRun({ run, problems }: EmbedLink, signal: AbortSignal): Promise<Loaded> {
  if (run?.kind === 'packed') {
    const { unpackRun } = await import('../../../files/packedRun');
    const unpacked = await unpackRun(run.text);
    if (unpacked.kind === 'unreadable') return { state: 'failed', reason: unpacked.reason };
    const { record } = unpacked;
    const said = record.shortened
      ? [t('This run came in the link, shortened to fit. It is without {cut}.', { cut: listed(cutWords(record.shortened)) })]
      : [];
    return { state: 'run', record, problems: said };
  }
  // A run other than the intended one would mislead.
  if (run === null && problems.length > 0) return { state: 'failed', reason: 'The link does not say of which run.' };
  const read =
    run?.kind === 'given'
      ? readRecord(run.text)
      : run?.kind === 'hosted'
        ? await fetchHostedRun(run.url, signal)
        : await fetchRecordedRun(run?.id ?? FIRST, signal, () => undefined);
  if (read === null) return { state: 'failed', reason: 'This site has no such recorded run.' };
  return read.kind === 'unreadable'
    ? { state: 'failed', reason: read.reason }
    : { state: 'run', record: read.record, problems: [] };
}

async function loadForest({ grid, at }: EmbedLink, signal: AbortSignal): Promise<Loaded> {
  if (grid === null) return { state: 'failed', reason: 'The link does not say of which grid.' };
  const text = await gridText(grid, signal);
  if ('reason' in text) return { state: 'failed', reason: text.reason };
  const read = readAs(z.union([forestSchema, sweepSchema]), text.text);
  if ('reason' in read) return { state: 'failed', reason: read.reason };
  if (read.value.format === 'karma-forest') return { state: 'forest', forest: read.value, problems: [] };
  return forestAt(read.value, at);
}

function forestAt(sweep: Sweep, at: number | null): Loaded {
  const places = [...new Set(sweep.lines.flatMap(({ points }) => points.map((point) => point.at)))].sort((a, b) => a - b);
  const lines = (place: number): number => sweep.lines.filter(({ points }) => points.some((point) => point.at === place)).length;
  const most = Math.max(...places.map(lines));
  const usual = places.findLast((place) => lines(place) === most);
  const forest = at === null ? null : forestOfSweep(sweep, at);
  if (forest !== null) return { state: 'forest', forest, problems: [] };
  const instead = usual === undefined ? null : forestOfSweep(sweep, usual);
  if (instead === null) return { state: 'failed', reason: 'The grid has no two arms to compare.' };
  const said = at === null ? [] : [`The grid was not run at ${at} for two arms; it was at ${listed(places.map(String))}.`];
  return { state: 'forest', forest: instead, problems: said };
}

async function gridText(grid: LinkedGrid, signal: AbortSignal): Promise<{ readonly text: string } | { readonly reason: string }> {
  if (grid.kind === 'packed') return (await import('../../../files/packedText')).unpackText(grid.text);
  if (grid.kind === 'hosted') return fetchHosted(grid.url, signal);
  const response = await fetch(import.meta.env.BASE_URL + RATES_FILE, { signal });
  if (isMissing(response)) return { reason: 'This site has no such grid.' };
  return { text: await unpackedText(new Uint8Array(await response.arrayBuffer())) };
}
