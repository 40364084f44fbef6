/** From an operation to the edits of every key of a sequence. Pure; the same as python/karma/surgery.py. */
import type { Engine } from '../../engine/engine';
import { packHistories, type EncodedExample } from '../../engine/decoder/sequence';
import type { ParameterLayout } from '../../engine/parameters';
import type { ArmSpec } from '../../recipe/runSpec';
import { noEdits, type KeyEdits } from '../../engine/decoder/editedKeys';
import type { Random } from '../../log/random';
import type { Surgery } from '../../record/surgery';

/**
 * Added to the scores of a key that gets no attention. Finite, so that a row that sees only such keys still
 * sums to 1.
 */
const CUT = -60;

export interface SequenceShape {
  readonly layers: number;
  readonly heads: number;
  /** Rows of the sequence. */
  readonly length: number;
  /** Rows of items, one an item; in a text, all but the first. */
  readonly items: readonly number[];
  /** All rows of each item; in a text, none. */
  readonly rowsOfItems: readonly (readonly number[])[];
}

/** The shape of a request. @param length its rows */
export function historyShape(
  engine: Pick<Engine, 'packOptions' | 'inputs'>,
  spec: ArmSpec,
  example: EncodedExample,
  length: number,
): SequenceShape {
  const { layers, heads } = engine.inputs.config;
  const options = { ...engine.packOptions(false, spec), positions: 'last' } as const;
  const items = packHistories([example], options).itemPositions[0]!;
  // [BOS], and a sink token if there is one, come before the first item.
  const first = 1 + Number(options.sinkToken);
  const rowsOfItems = items.map((row, place) => {
    const from = place === 0 ? first : items[place - 1]! + 1;
    return Array.from({ length: row - from + 1 }, (_, index) => from + index);
  });
  return { layers, heads, length, items, rowsOfItems };
}

/** Parameters with B = 0 in some layers; the same ones if there are none. */
export function withoutAdapters(
  { slots }: Pick<ParameterLayout, 'slots'>,
  flat: Float32Array,
  layers: readonly number[],
): Float32Array {
  if (layers.length === 0) return flat;
  const copy = Float32Array.from(flat);
  for (const { name, offset, rows, columns } of slots.values()) {
    const [, layer] = /^lora\.(\d+)\..*\.B$/.exec(name) ?? [];
    if (layer !== undefined && layers.includes(Number(layer))) copy.fill(0, offset, offset + rows * columns);
  }
  return copy;
}

/** The rows of which a head may make a sink: the first half of the items, as in the measures of sinks. */
export function sinkCandidates({ items }: Pick<SequenceShape, 'items'>): readonly number[] {
  return items.slice(0, Math.ceil(items.length / 2));
}

/** Visits every sink: its place in α [layers, length, heads]. */
function eachSink(shape: SequenceShape, alpha: Float32Array, threshold: number, visit: (at: number, row: number) => void): void {
  const { layers, heads, length } = shape;
  const candidates = sinkCandidates(shape);
  for (let layer = 0; layer < layers; layer++)
    for (const row of candidates)
      for (let head = 0; head < heads; head++) {
        const at = (layer * length + row) * heads + head;
        if (alpha[at]! > threshold) visit(at, row);
      }
}

/** Multiplies the attention to a key by a factor. */
function damp(edits: KeyEdits, at: number, factor: number, renormalised: boolean): void {
  if (renormalised) edits[2 * at]! += Math.max(CUT, Math.log(factor));
  else edits[2 * at + 1]! *= factor;
}

/** Heads that are cut, and the item that is blocked. */
function cut(edits: KeyEdits, { layers, heads, length, rowsOfItems }: SequenceShape, surgery: Surgery): void {
  for (const plane of surgery.heads) {
    const [layer, head] = [Math.floor(plane / heads), plane % heads];
    for (let row = 0; row < length; row++) edits[2 * ((layer * length + row) * heads + head) + 1] = 0;
  }
  if (surgery.blocked === null) return;
  for (const row of rowsOfItems[surgery.blocked] ?? [])
    for (let layer = 0; layer < layers; layer++)
      for (let head = 0; head < heads; head++) edits[2 * ((layer * length + row) * heads + head)] = CUT;
}

/** @param alpha of the model before the operation, [layers, length, heads] */
export function editsOf(surgery: Surgery, shape: SequenceShape, alpha: Float32Array, threshold: number): KeyEdits {
  const edits = noEdits(shape, shape.length);
  if (surgery.sinks < 1)
    eachSink(shape, alpha, threshold, (at) => {
      damp(edits, at, surgery.sinks, surgery.renormalised);
    });
  cut(edits, shape, surgery);
  return edits;
}

/** Attention, summed over the rows that pay it. */
export interface Taken {
  readonly sinks: number;
  /** What the control found on other items; less if they have less. */
  readonly control: number;
  /** Rows of heads with a sink. */
  readonly rows: number;
}

/**
 * The control: in each head, what sinks would lose is taken from other items, drawn at random, each of which
 * loses all that it has until the last one. The rest of the operation is the same.
 */
export function controlOf(
  surgery: Surgery,
  shape: SequenceShape,
  alpha: Float32Array,
  threshold: number,
  random: Random,
): { readonly edits: KeyEdits; readonly taken: Taken } {
  const { layers, heads, length, items } = shape;
  const edits = noEdits(shape, length);
  /** Attention that a key gets from all rows that see it. */
  const got = (at: number, row: number): number => alpha[at]! * (length - row);
  const owed = new Float64Array(layers * heads);
  const sinks = new Set<number>();
  eachSink(shape, alpha, threshold, (at, row) => {
    sinks.add(at);
    owed[Math.floor(at / (length * heads)) * heads + (at % heads)]! += (1 - surgery.sinks) * got(at, row);
  });
  const order = random.shuffle([...items]);
  let [control, rows] = [0, 0];
  owed.forEach((whole, plane) => {
    if (whole === 0) return;
    rows += length;
    let left = whole;
    for (const row of order) {
      const at = (Math.floor(plane / heads) * length + row) * heads + (plane % heads);
      const own = got(at, row);
      if (sinks.has(at) || own === 0 || left <= 0) continue;
      const lost = Math.min(own, left);
      damp(edits, at, 1 - lost / own, surgery.renormalised);
      left -= lost;
    }
    control += whole - left;
  });
  cut(edits, shape, surgery);
  return { edits, taken: { sinks: owed.reduce((sum, one) => sum + one, 0), control, rows } };
}

/** Share of (layer, head) with a sink among α of several sequences. */
export class SinkShare {
  private sinks = 0;
  private planes = 0;

  constructor(private readonly threshold: number) {}

  add(shape: SequenceShape, alpha: Float32Array): void {
    const { layers, heads, length } = shape;
    const found = new Set<number>();
    eachSink(shape, alpha, this.threshold, (at) => found.add(Math.floor(at / (length * heads)) * heads + (at % heads)));
    this.sinks += found.size;
    this.planes += layers * heads;
  }

  get share(): number {
    return this.planes === 0 ? 0 : this.sinks / this.planes;
  }
}
