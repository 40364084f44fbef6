/** The links and embed codes that *Share* offers. Pure. */
import type { EmbedKind } from './embedLink';
import type { RunRecord } from '../record/runRecord';
import type { LinkableView, Theme } from '../readings/choices';
import { LINKED, writeViewLink, type LinkedRun, type LinkedView } from './viewLink';
import { message } from '../words/words';

/** Pixels of a frame: wide enough for what it shows. */
export const FRAME_SIZES = [
  { value: 'small', label: message('small'), width: 640 },
  { value: 'medium', label: message('medium'), width: 960 },
  { value: 'large', label: message('large'), width: 1280 },
] as const;
export type FrameSize = (typeof FRAME_SIZES)[number]['value'];

/**
 * Heights by width, measured with the recorded run *Collapse*, including controls, caption and a small
 * margin.
 */
const HEIGHTS: Readonly<Record<EmbedKind, Readonly<Record<FrameSize, number>>>> = {
  attention: { small: 1200, medium: 700, large: 670 },
  hr: { small: 630, medium: 560, large: 540 },
  collapse: { small: 1090, medium: 780, large: 740 },
  forest: { small: 540, medium: 380, large: 350 },
};

/** What a link can say about the view. */
export function linkedView(view: LinkableView): LinkedView {
  return Object.fromEntries(LINKED.map((name) => [name, view[name]]));
}

/** The URL of the page without query and hash, such as `https://host.example/karma/`. */
export function pageAddress(href: string): string {
  return href.replace(/[?#].*$/, '');
}

export function viewAddress(page: string, run: LinkedRun | null, view: LinkedView, record: RunRecord | null): string {
  const { query, hash } = writeViewLink(run, view, record);
  return page + query + hash;
}

export interface EmbedFrame {
  readonly kind: EmbedKind;
  readonly theme: Theme;
  readonly controls: boolean;
  readonly size: FrameSize;
}

/** The URL of one figure of a run. */
export function embedAddress(
  page: string,
  frame: Omit<EmbedFrame, 'size'>,
  run: LinkedRun | null,
  view: LinkedView,
  record: RunRecord | null,
): string {
  const { centre: _, ...figure } = view;
  const { query, hash } = writeViewLink(run, figure, record);
  return `${page}?${frameParts(frame).toString()}${query.length > 1 ? `&${query.slice(1)}` : ''}${hash}`;
}

/** The URL of a grid's forest plots. @param grid what the link says about it */
export function forestAddress(
  page: string,
  frame: Omit<EmbedFrame, 'size'>,
  grid: { readonly packed: string } | { readonly name: string; readonly at: number | null },
): string {
  const parts = frameParts({ ...frame, kind: 'forest' });
  if ('packed' in grid) return `${page}?${parts.toString()}#grid=${grid.packed}`;
  parts.set('grid', grid.name);
  if (grid.at !== null) parts.set('at', String(grid.at));
  return `${page}?${parts.toString()}`;
}

function frameParts({ kind, theme, controls }: Omit<EmbedFrame, 'size'>): URLSearchParams {
  return new URLSearchParams({ embed: kind, ...(theme !== 'auto' && { theme }), ...(!controls && { controls: 'off' }) });
}

/** HTML for other pages. */
export function embedCode(address: string, { kind, size }: Pick<EmbedFrame, 'kind' | 'size'>, title: string): string {
  const { width } = FRAME_SIZES.find(({ value }) => value === size)!;
  return `<iframe src="${escaped(address)}" title="${escaped(title)}" width="${width}" height="${HEIGHTS[kind][size]}" loading="lazy" allow="fullscreen"></iframe>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
