/**
 * How an arm is drawn, everywhere: one colour, one dash and one symbol, so that colour is never the only cue.
 */
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

/**
 * Arms with a name of their own (`namedArms.ts`): the same mark in every run, so that two runs on one screen
 * are read alike.
 */
const KNOWN: Readonly<Record<string, ArmMark>> = {
  base: { colour: 'var(--arm-base)', dash: '1.5 3', symbol: symbolCross },
  action: { colour: 'var(--arm-action)', dash: '6 3', symbol: symbolSquare },
  '+gen': { colour: 'var(--arm-gen)', dash: '2.5 2.5', symbol: symbolTriangle },
  '+rec': { colour: 'var(--arm-rec)', dash: '8 3 2 3', symbol: symbolDiamond },
  '+item': { colour: 'var(--arm-other-2)', dash: '5 2 1 2 1 2', symbol: symbolSquare },
  'karma+item': { colour: 'var(--arm-other-3)', dash: '12 2 2 2', symbol: symbolTriangle },
  karma: { colour: 'var(--arm-karma)', dash: '', symbol: symbolCircle },
  // The rest of Okabe and Ito's palette, with orange reserved for sinks: dash and symbol tell its uses apart.
  shuffled: { colour: 'var(--arm-other-1)', dash: '10 3', symbol: symbolTriangle },
  'action-longer': { colour: 'var(--arm-action)', dash: '2 2', symbol: symbolStar },
  'random-target': { colour: 'var(--arm-other-3)', dash: '2 2 10 2', symbol: symbolCross },
  kl: { colour: 'var(--arm-other-2)', dash: '4 2 1 2', symbol: symbolDiamond },
  replay: { colour: 'var(--arm-other-2)', dash: '6 2 6 4', symbol: symbolWye },
  l2: { colour: 'var(--arm-other-3)', dash: '1 2', symbol: symbolSquare },
  ent: { colour: 'var(--arm-other-1)', dash: '3 2', symbol: symbolStar },
  sink: { colour: 'var(--arm-other-2)', dash: '14 3 3 3', symbol: symbolWye },
  frozen: { colour: 'var(--arm-other-3)', dash: '7 2', symbol: symbolDiamond },
  heads: { colour: 'var(--arm-other-1)', dash: '2 4', symbol: symbolWye },
  img: { colour: 'var(--arm-other-2)', dash: '9 2 2 2', symbol: symbolStar },
  'z-loss': { colour: 'var(--arm-other-3)', dash: '3 3 1 3', symbol: symbolWye },
  beta2: { colour: 'var(--arm-other-1)', dash: '5 5', symbol: symbolDiamond },
  'img-shuffled': { colour: 'var(--arm-other-2)', dash: '1 4', symbol: symbolTriangle },
};

const COLOURS = ['var(--arm-other-2)', 'var(--arm-other-3)', 'var(--arm-other-1)'];
const DASHES = ['8 2', '2 2 6 2', '11 3 1 3', '4 4', '1 3 5 3', '13 2 2 2 2 2'];
const SYMBOLS = [symbolSquare, symbolDiamond, symbolStar, symbolCircle, symbolTriangle, symbolWye];

/** Marks of arms that users made: of neighbours all three differ; none is that of a named arm. */
const OTHERS: readonly ArmMark[] = DASHES.flatMap((dash, round) =>
  COLOURS.map((colour, at) => ({
    colour,
    dash,
    symbol: SYMBOLS[(COLOURS.length * round + at + (round >> 1)) % SYMBOLS.length]!,
  })),
);

function knownMark(id: string): ArmMark | undefined {
  return Object.hasOwn(KNOWN, id) ? KNOWN[id] : Object.hasOwn(KNOWN, `+${id}`) ? KNOWN[`+${id}`] : undefined;
}

/**
 * @param id the arm's id; `base` is the pre-trained model
 * @param ids all arms on the screen, in order; unknown IDs take the remaining marks in turn
 */
export function armMark(id: string, ids: readonly string[]): ArmMark {
  const known = knownMark(id);
  if (known) return known;
  const place = [...new Set(ids)].filter((other) => knownMark(other) === undefined).indexOf(id);
  return OTHERS[Math.max(0, place) % OTHERS.length]!;
}
