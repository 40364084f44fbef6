/** What the reader looks at; nothing here changes a run. */
import { create } from 'zustand';
import { HEADLINE, type RankedSplit, type RankingMeasureId } from '../../measures/ranking/rankingMeasures';
import type { BandKind } from '../../statistics/seedBand';
import type { RunRecord } from '../../record/runRecord';

export type Theme = 'auto' | 'light' | 'dark';
export type XAxis = 'step' | 'examples' | 'seconds';
export type Split = RankedSplit;
export type LossTerm = 'total' | 'action' | 'gen' | 'rec' | 'gradNorm' | 'learningRate';
/** What stands beside the recipe. */
export type Centre = 'figure' | 'inspector' | 'runs' | 'grid';
export type Side = 'profile' | 'methods';
export type GridMeasure = 'itemSinkRate' | 'itemAlpha' | 'firstAlpha' | 'barcode' | 'embEntropy' | 'contentCorrelation';
/** What the closer look shows. */
export type Closer = 'layers' | 'spectra' | 'plane';

export interface View {
  /** Counted from 0. */
  readonly layer: number;
  readonly head: number;
  readonly probe: number;
  /** A recorded step, or null to follow the latest. */
  readonly step: number | null;
  readonly logColour: boolean;
  readonly gridMeasure: GridMeasure;
  readonly closer: Closer;
  /** Arms of the difference map, minuend first; null takes the last arm minus the first. */
  readonly difference: readonly [string, string] | null;
  /** What the ranking is judged by. */
  readonly measure: RankingMeasureId;
  readonly k: number;
  readonly split: Split;
  readonly xAxis: XAxis;
  readonly lossTerm: LossTerm;
  readonly smoothing: number;
  readonly lossLog: boolean;
  /** Training step under the pointer in any chart over steps. */
  readonly hoveredStep: number | null;
  /** Title of the item under the pointer in the history or in a top list. */
  readonly hoveredItem: string | null;
  readonly theme: Theme;
  readonly recipeOpen: boolean;
  /** What the right column shows; null closes it. */
  readonly side: Side | null;
  readonly helpOpen: boolean;
  readonly centre: Centre;
  /** Of curves over seeds. */
  readonly band: BandKind;
}

const THEME_KEY = 'karma-theme';

function storedTheme(): Theme {
  const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export const useView = create<View>()(() => ({
  layer: 0,
  head: 0,
  probe: 0,
  step: null,
  logColour: false,
  gridMeasure: 'itemSinkRate',
  closer: 'layers',
  difference: null,
  measure: 'hr',
  k: 10,
  split: 'all',
  xAxis: 'step',
  lossTerm: 'action',
  smoothing: 0.8,
  lossLog: false,
  hoveredStep: null,
  hoveredItem: null,
  theme: storedTheme(),
  recipeOpen: true,
  side: null,
  helpOpen: false,
  centre: 'figure',
  band: 't95',
}));

export function setView(part: Partial<View>): void {
  useView.setState(part);
}

export function setTheme(theme: Theme): void {
  useView.setState({ theme });
  try {
    if (theme === 'auto') localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch (error) {
    // Storage that is full or forbidden costs only the memory of the choice.
    if (!(error instanceof DOMException)) throw error;
  }
}

/** Another experiment came on the page: start at its most sink-like head, first history, latest step. */
export function lookAt(record: RunRecord): void {
  const [layer, head] = strongestHead(record);
  const { ks, protocol } = record.spec.evaluation;
  const { k } = useView.getState();
  useView.setState({
    measure: HEADLINE[protocol],
    layer,
    head,
    probe: 0,
    step: null,
    difference: null,
    k: ks.includes(k) ? k : (ks[0] ?? 1),
  });
}

/** Head with the largest item importance: of the first arm's last evaluation, before there is one of the base model. */
export function strongestHead(record: RunRecord): [number, number] {
  const table = (record.arms[0]?.evaluations.at(-1)?.sinks ?? record.base.sinks).itemAlpha;
  let best: [number, number] = [0, 0];
  table.forEach((row, layer) => {
    row.forEach((value, head) => {
      if (value > (table[best[0]]?.[best[1]] ?? 0)) best = [layer, head];
    });
  });
  return best;
}
