/**
 * Sizes of the page's first picture, so that all of it is in the first screen, and of the same on a
 * projector. Pure; in CSS pixels.
 */
import { layOutMap, type MapLayout } from '../../../../charts/attention/mapLayout';
import type { Probe } from '../../../../record/runRecord';
import { t } from '../../../../words/words';

/** Below it maps have no labels, texts are listed, and curves are shown one at a time. */
const NARROW = 560;
/** Side of a map with labels, and the room right of it for those of its last rows. */
const [LEAST, MOST, TAIL] = [260, 440, 110];
/** Height of what is below the finding, but for maps and curves: headings, texts, scrubber, scope, gaps. */
const REST = 220;

export interface FrameLayout {
  readonly narrow: boolean;
  /** Between maps, and width of each column. */
  readonly gap: number;
  readonly column: number;
  readonly map: MapLayout;
  /** Of the positions, in words. */
  readonly labels: readonly string[];
  /** Height that maps of any history have, so that what is below does not move when another is shown. */
  readonly place: number;
  /** Of a curve. */
  readonly height: number;
}

/**
 * @param columns number of maps
 * @param width of the picture
 * @param top where the maps begin in the page
 * @param window height
 */
export function layOutFrame(probe: Probe | null, columns: number, width: number, top: number, window: number): FrameLayout {
  const narrow = width < NARROW;
  const labels = plainLabels(probe);
  const gap = narrow ? 8 : 24;
  const column = Math.floor((width - gap * (columns - 1)) / columns);
  const length = Math.max(1, labels.length);
  if (narrow) {
    // Side by side however narrow, in one row: whole pixels by cell would leave half of it empty.
    const side = Math.min(column, MOST / 2);
    return { narrow, gap, column, labels, map: { cell: side / length, side, labels: [] }, place: side, height: 128 };
  }
  const height = window >= 1000 ? 200 : window >= 860 ? 172 : 116;
  const wanted = Math.min(MOST, Math.max(LEAST, window - top - REST - height), column);
  const cell = Math.max(Math.floor(wanted / length), Math.min(Math.ceil(LEAST / length), Math.floor(column / length)), 1);
  const side = cell * length;
  const tail = Math.max(0, Math.min(TAIL, column - side));
  return {
    narrow,
    gap,
    column,
    labels,
    map: layOutMap(labels, side + tail, tail, probe?.itemPositions ?? []),
    place: Math.max(wanted, LEAST),
    height,
  };
}

/** On the stage: height of headings, scrubber, labels of the curves and gaps. */
const STAGE_REST = 144;
/** Of a heading's second line. */
const SECOND_LINE = 20;
const LEAST_CURVE = 110;

/**
 * Width below which a number above a map takes two lines, and there is no room for what its model was trained
 * on.
 */
export const NARROW_HEADING = 190;

/**
 * @param columns number of maps, in one row however many
 * @param width and
 * @param window what is shown of the enlarged page
 */
export function layOutStage(probe: Probe, columns: number, width: number, window: number): FrameLayout {
  const gap = 16;
  const labels = plainLabels(probe);
  const column = Math.floor((width - gap * (columns - 1)) / columns);
  const around = column < NARROW_HEADING ? STAGE_REST + SECOND_LINE : STAGE_REST;
  const most = Math.min(column, window - around - LEAST_CURVE);
  const length = Math.max(1, labels.length);
  const tail = column - most >= TAIL ? TAIL : Math.max(0, Math.min(TAIL, column - LEAST));
  const side = Math.min(most, column - tail);
  const map = tail > 0 ? layOutMap(labels, side + tail, tail, probe.itemPositions) : { cell: side / length, side, labels: [] };
  return { narrow: false, gap, column, labels, map, place: map.side, height: Math.max(LEAST_CURVE, window - around - map.side) };
}

/** What positions are, for those who do not know tokens: start and prediction have names. */
function plainLabels(probe: Probe | null): string[] {
  const names: Readonly<Record<string, string>> = { '[BOS]': t('start of the text'), '[EMB]': t('prediction') };
  return (probe?.labels ?? []).map((label, at) => (probe?.itemPositions.includes(at) === true ? label : (names[label] ?? label)));
}
