/** How an arm is drawn, everywhere: one colour, one dash and one symbol, so that colour is never the only cue. */
import {
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
  type SymbolType,
} from 'd3';

export interface ArmMark {
  /** CSS colour: a variable of theme.css, so that it follows light and dark. */
  readonly colour: string;
  /** SVG stroke-dasharray; empty is solid. */
  readonly dash: string;
  readonly symbol: SymbolType;
}

const KNOWN: Readonly<Record<string, ArmMark>> = {
  base: { colour: 'var(--arm-base)', dash: '1.5 3', symbol: symbolCross },
  action: { colour: 'var(--arm-action)', dash: '6 3', symbol: symbolSquare },
  '+gen': { colour: 'var(--arm-gen)', dash: '2.5 2.5', symbol: symbolTriangle },
  '+rec': { colour: 'var(--arm-rec)', dash: '8 3 2 3', symbol: symbolDiamond },
  '+item': { colour: 'var(--arm-other-2)', dash: '5 2 1 2 1 2', symbol: symbolSquare },
  'karma+item': { colour: 'var(--arm-other-3)', dash: '12 2 2 2', symbol: symbolTriangle },
  karma: { colour: 'var(--arm-karma)', dash: '', symbol: symbolCircle },
};

/** The rest of Okabe and Ito's palette, with orange reserved for sinks, twice: dash and symbol tell its uses apart. */
const OTHERS: readonly ArmMark[] = [
  { colour: 'var(--arm-other-1)', dash: '10 3', symbol: symbolTriangle },
  { colour: 'var(--arm-other-2)', dash: '4 2 1 2', symbol: symbolDiamond },
  { colour: 'var(--arm-other-3)', dash: '1 2', symbol: symbolSquare },
  { colour: 'var(--arm-other-1)', dash: '3 2', symbol: symbolStar },
  { colour: 'var(--arm-other-2)', dash: '14 3 3 3', symbol: symbolWye },
  { colour: 'var(--arm-other-3)', dash: '7 2', symbol: symbolDiamond },
];

/**
 * @param id the arm's id; `base` is the pre-trained model
 * @param ids all arms of the experiment, in order; unknown IDs take the remaining marks in turn
 */
export function armMark(id: string, ids: readonly string[]): ArmMark {
  const known = KNOWN[id] ?? KNOWN[`+${id}`];
  if (known) return known;
  const place = ids.filter((other) => !(other in KNOWN) && !(`+${other}` in KNOWN)).indexOf(id);
  return OTHERS[Math.max(0, place) % OTHERS.length]!;
}
