/** The reader's view; nothing here changes a run. */
import { readLocal, writeLocal } from '../kept/local';
import { create } from '../store';
import { HEADLINE } from '../../../measures/measures';
import type { XRange } from '../../../scene/charts/range';
import type { BandKind } from '../../../statistics/seedBand';
import { mostDifferentHead } from '../../../measures/sinks/headContrast';
import { sinksOf } from '../../../measures/sinks/userSinks';
import type { MeasuredBase } from '../../../record/runEvents';
import type { RunRecord } from '../../../record/runRecord';
import { USUAL_SMOOTHING, viewOf, type LinkableView, type Theme, type XAxis } from '../../../readings/choices';
import { strikingHistory } from '../../../readings/series/attentionData';
import { armsOf, attentionsAt, comparedArms } from '../../../readings/arms/armsOf';

export type Side = 'profile' | 'methods';
/** The dialogs over the page, of which one is open at a time. */
export type DialogId = 'commands' | 'help' | 'share' | 'experiment' | 'methods' | 'checklist';

export interface View extends LinkableView {
  /** Whether the verdict is on the run alone if other seeds of it are saved. */
  readonly oneSeed: boolean;
  /**
   * The learning rate whose runs of the grid the picture shows, if no run of that rate is recorded; null
   * shows the run on the page.
   */
  readonly rate: number | null;
  readonly logColour: boolean;
  /** The part of one of the x axes that charts over training show; null for all of it. */
  readonly xRange: { readonly axis: XAxis; readonly range: XRange } | null;
  readonly lossLog: boolean;
  /** Training step under the pointer in any chart over steps. */
  readonly hoveredStep: number | null;
  /** Title of the item under the pointer in the history or in a top list. */
  readonly hoveredItem: string | null;
  readonly theme: Theme;
  readonly recipeOpen: boolean;
  /** Whether all panels below the picture are open. */
  readonly unfolded: boolean;
  /** The panel in the right column; null closes it. */
  readonly side: Side | null;
  readonly dialog: DialogId | null;
  /** Whether single-key shortcuts are on. */
  readonly keys: boolean;
  /** The band of curves over seeds. */
  readonly band: BandKind;
}

const THEME_KEY = 'karma-theme';
const KEYS_KEY = 'karma-keys';
const UNFOLDED_KEY = 'karma-unfolded';

function storedTheme(): Theme {
  const stored = readLocal(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export const useView = create<View>()(() => ({
  layer: 0,
  head: 0,
  probe: 0,
  arms: null,
  users: null,
  step: null,
  oneSeed: false,
  rate: null,
  logColour: false,
  gridMeasure: 'firstHalfSinkRate',
  closer: 'layers',
  difference: null,
  measure: 'hr',
  k: 10,
  split: 'all',
  xAxis: 'step',
  xRange: null,
  lossTerm: 'action',
  smoothing: USUAL_SMOOTHING,
  lossLog: false,
  hoveredStep: null,
  hoveredItem: null,
  theme: storedTheme(),
  recipeOpen: true,
  unfolded: readLocal(UNFOLDED_KEY) === 'on',
  side: null,
  dialog: null,
  keys: readLocal(KEYS_KEY) !== 'off',
  centre: 'figure',
  band: 't95',
}));

export function setView(part: Partial<View>): void {
  useView.setState(part);
}

/** Shows the figure of what came on the page, where the reader is if that shows one. */
export function showFigure(): void {
  const { centre } = useView.getState();
  useView.setState({ centre: viewOf(centre) === 'try' ? 'try' : 'figure' });
}

/** For a dialog that was closed; another one may have opened since. */
export function leaveDialog(dialog: DialogId): void {
  if (useView.getState().dialog === dialog) useView.setState({ dialog: null });
}

/** Opens or folds all panels below the picture, on this device. */
export function setUnfolded(unfolded: boolean): void {
  useView.setState({ unfolded });
  writeLocal(UNFOLDED_KEY, unfolded ? 'on' : null);
}

/** Switches single-key shortcuts on or off, on this device. */
export function setKeys(keys: boolean): void {
  useView.setState({ keys });
  writeLocal(KEYS_KEY, keys ? null : 'off');
}

export function setTheme(theme: Theme): void {
  useView.setState({ theme });
  writeLocal(THEME_KEY, theme === 'auto' ? null : theme);
}

/**
 * For another experiment on the page: the head where its arms differ most, the history in which that shows,
 * the latest step.
 */
export function lookAt(record: RunRecord): void {
  const { ks, protocol } = record.spec.evaluation;
  const { k } = useView.getState();
  useView.setState({
    ...toSpot(strikingSpot(record)),
    measure: HEADLINE[protocol],
    arms: null,
    users: null,
    step: null,
    oneSeed: false,
    rate: null,
    difference: null,
    xRange: null,
    k: ks.includes(k) ? k : (ks[0] ?? 1),
  });
}

/** For a run in preparation: the base model's head with most sinks. */
export function lookAtBase({ spec, base }: MeasuredBase): void {
  const at = contrastingHead({ arms: [], spec, base });
  useView.setState({ ...toSpot({ ...at, probe: 0 }), arms: null, users: null, step: null, difference: null });
}

/** For the same experiment with more measured, unless the reader has chosen another head or history. */
export function lookOn(record: RunRecord): void {
  const { layer, head, probe } = useView.getState();
  if (layer === spot.layer && head === spot.head && probe === spot.probe) useView.setState(toSpot(strikingSpot(record)));
}

type Spot = Pick<View, 'layer' | 'head' | 'probe'>;

/** What the page chose last. */
let spot: Spot = { layer: 0, head: 0, probe: 0 };

function toSpot(next: Spot): Spot {
  spot = next;
  return next;
}

/** The head where arms differ most, and the history in which that shows. */
export function strikingSpot(record: RunRecord): Spot {
  const at = contrastingHead(record);
  const arms = armsOf(record);
  const striking = comparedArms(arms, null)?.[1] ?? arms[0];
  return { ...at, probe: striking ? strikingHistory(record, striking, at) : 0 };
}

/**
 * The head where the item sinks of the compared arms differ most; with one arm, or before the first
 * evaluation, where they are strongest.
 */
export function contrastingHead(
  record: Pick<RunRecord, 'arms' | 'spec'> & { base: Pick<RunRecord['base'], 'sinks'> },
): Pick<View, 'layer' | 'head'> {
  const arms = armsOf(record);
  const evaluations = attentionsAt(arms, null);
  const tables = (comparedArms(arms, null) ?? arms.slice(0, 1)).flatMap(({ id }) => evaluations.get(id) ?? []).map(sinkTable);
  const [a, b] = tables.length > 0 ? tables : [sinkTable({ sinks: record.base.sinks })];
  const [layer, head] = mostDifferentHead(a!, b ?? []) ?? [0, 0];
  return { layer, head };
}

/** Records of earlier versions do not distinguish the first half of a history. */
function sinkTable(measured: Parameters<typeof sinksOf>[0]): readonly (readonly number[])[] {
  const { firstHalfSinkRate, itemAlpha } = sinksOf(measured).tables;
  return firstHalfSinkRate ?? itemAlpha ?? [];
}
