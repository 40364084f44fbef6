/**
 * Trainable parameters as one flat float buffer, so that clipping and AdamW are one dispatch each. Decayed
 * matrices come first, then biases, trainable vectors and the scale. Names and start values: docs/method.md.
 */
import { forkRandom } from '../log/random';
import { ALIGNED_FLOATS } from '../gpu/tensor';
import type { DecoderConfig, LinearRole } from '../model/decoderConfig';
import { withFreeCodes, type Projection, type RunSpec } from '../recipe/runSpec';
import { scoredRows } from './engineInputs';
import type { EmbeddingStatistics } from './decoder/embeddingStatistics';
import { FREQUENCIES, imageBiases, imageMatrices } from './terms/img/shapes';
import { t } from '../words/words';

/** A named matrix (or vector: one row) inside the flat buffer; `offset` in floats. */
export interface Slot {
  readonly name: string;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
}

/** Projections that read the same input share one product, in the order of its rows. */
export const GROUPS = {
  qkv: ['q_proj', 'k_proj', 'v_proj'],
  o: ['o_proj'],
  gateUp: ['gate_proj', 'up_proj'],
  down: ['down_proj'],
} as const satisfies Record<string, readonly Projection[]>;
export type GroupKey = keyof typeof GROUPS;

/** The name of a projection among a block's weights. */
export function roleOf(projection: Projection): LinearRole {
  return projection.slice(0, -'_proj'.length) as LinearRole;
}

/** One adapted projection inside a group: where its output rows and its rank columns lie. */
export interface LoraTarget {
  readonly projection: Projection;
  readonly b: Slot;
  readonly firstRow: number;
  readonly firstColumn: number;
}

export interface LoraGroup {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Sum of the ranks of all targets; 0 when none is adapted. */
  readonly rank: number;
  /** The targets' A matrices stacked: [rank, inputSize]. */
  readonly a: Slot | null;
  readonly targets: readonly LoraTarget[];
}

export type LoraLayer = Readonly<Record<GroupKey, LoraGroup>>;

export interface ParameterLayout {
  /** Total number of floats, padding included. */
  readonly size: number;
  /**
   * The first `trained` floats are updated; parameters of the input, and W_e and W_s, come after them if they
   * are frozen.
   */
  readonly trained: number;
  /** The first `decayed` floats are weight-decayed. */
  readonly decayed: number;
  /** Every parameter, by its name in docs/method.md. */
  readonly slots: ReadonlyMap<string, Slot>;
  readonly lora: readonly LoraLayer[];
  readonly loraRank: number;
  readonly loraScale: number;
  /** emb, query, item, and sink if there is one, one after the other: [3 or 4, hidden]. */
  readonly learned: Slot;
}

/** Number of values in the parameters of these names, without padding. */
export function numbersIn({ slots }: Pick<ParameterLayout, 'slots'>, wanted: (name: string) => boolean): number {
  return [...slots.values()].reduce((sum, { name, rows, columns }) => sum + (wanted(name) ? rows * columns : 0), 0);
}

/** Rows and columns of parameters, by their names in docs/method.md. */
export type Shapes = Readonly<Record<string, readonly [rows: number, columns: number]>>;

/** Floats that a parameter takes in a flat buffer, padding included. */
export function alignedFloats(floats: number): number {
  return Math.ceil(floats / ALIGNED_FLOATS) * ALIGNED_FLOATS;
}

/** Order of the trainable vectors in `learned`; sink exists only if an arm has a sink token. */
export const LEARNED = ['emb', 'query', 'item', 'sink'] as const;

/** Output rows of every projection; 0 for a gate that an MLP does not have. */
export function projectionRows(config: DecoderConfig): Readonly<Record<Projection, number>> {
  const q = config.heads * config.headSize;
  const kv = config.kvHeads * config.headSize;
  return {
    q_proj: q,
    k_proj: kv,
    v_proj: kv,
    o_proj: config.hidden,
    gate_proj: config.gated ? config.intermediate : 0,
    up_proj: config.intermediate,
    down_proj: config.hidden,
  };
}

function groupInput(config: DecoderConfig, key: GroupKey): number {
  if (key === 'o') return config.heads * config.headSize;
  return key === 'down' ? config.intermediate : config.hidden;
}

/** The properties of a catalogue that parameters depend on. */
export interface CatalogueShape {
  readonly items: number;
  /** Size of a row of x; default: the model's hidden size. */
  readonly features?: number | undefined;
  /** Size of an item's visual features v; 0 or left out if no arm has L_img. */
  readonly imageSize?: number;
}

/** The layout of an arm's parameters, which all arms of an experiment share. */
export function layOutParameters(
  config: DecoderConfig,
  spec: Pick<RunSpec, 'lora' | 'objective'> & Partial<Pick<RunSpec, 'arms'>>,
  { items, features = config.hidden, imageSize = 0 }: CatalogueShape,
): ParameterLayout {
  const objective = withFreeCodes(spec.objective);
  const rows = scoredRows(spec, items);
  let size = 0;
  const slots = new Map<string, Slot>();
  const reserve = (name: string, rows: number, columns: number): Slot => {
    const slot = { name, offset: size, rows, columns };
    size += alignedFloats(rows * columns);
    return slot;
  };
  const named = (name: string, rows: number, columns: number): Slot => {
    const slot = reserve(name, rows, columns);
    slots.set(name, slot);
    return slot;
  };
  const { rank, alpha, targets, firstLayer, trainInputs } = spec.lora;
  // An arm may ask for no LoRA at all, which a recipe would not mean.
  if (firstLayer >= config.layers && !spec.arms?.some((arm) => (arm.firstLayer ?? 0) >= config.layers)) {
    throw new RangeError(
      t("LoRA starts at layer {firstLayer}, but the model's last is {lastLayer}: lower lora.firstLayer.", {
        firstLayer,
        lastLayer: config.layers - 1,
      }),
    );
  }
  if (objective.itemOutput === 'tied') checkTied(config, objective);
  const outputs = projectionRows(config);
  const layGroup = (layer: number, key: GroupKey): LoraGroup => {
    const inputSize = groupInput(config, key);
    const adapted = GROUPS[key].filter(
      (projection) => layer >= firstLayer && targets.includes(projection) && outputs[projection] > 0,
    );
    const stacked = adapted.length > 0 ? reserve(`lora.${layer}.${key}.A`, rank * adapted.length, inputSize) : null;
    let firstRow = 0;
    const laid: LoraTarget[] = [];
    for (const projection of GROUPS[key]) {
      const index = adapted.findIndex((name) => name === projection);
      if (stacked !== null && index >= 0) {
        const a = `lora.${layer}.${projection}.A`;
        slots.set(a, { name: a, offset: stacked.offset + index * rank * inputSize, rows: rank, columns: inputSize });
        const b = named(`lora.${layer}.${projection}.B`, outputs[projection], rank);
        laid.push({ projection, b, firstRow, firstColumn: index * rank });
      }
      firstRow += outputs[projection];
    }
    return { inputSize, outputSize: firstRow, rank: rank * adapted.length, a: stacked, targets: laid };
  };
  const lora = Array.from({ length: config.layers }, (_, layer) => ({
    qkv: layGroup(layer, 'qkv'),
    o: layGroup(layer, 'o'),
    gateUp: layGroup(layer, 'gateUp'),
    down: layGroup(layer, 'down'),
  }));
  const { hidden } = config;
  const { embeddingSize, itemInterface, itemInput, itemOutput } = objective;
  const inputs = itemInput === 'title' ? hidden : features;
  const nameInputs = (): void => {
    named('w_in', hidden, inputs);
    if (itemInterface !== 'text' && (itemInput === 'id' || itemInput === 'title+hidden+id')) named('u', rows, hidden);
  };
  if (trainInputs) nameInputs();
  named('w_o', embeddingSize, hidden);
  const frozenHeads = objective.headStart === 'identity';
  const nameHeads = (): void => {
    named('w_e', embeddingSize, features);
    if (spec.objective.interestSkip !== 'none') named('w_s', embeddingSize, features);
  };
  if (!frozenHeads) nameHeads();
  named('w_d', hidden, embeddingSize);
  if (itemOutput === 'content+id' || itemOutput === 'id') named('z', rows, embeddingSize);
  const { imageUnits: units } = spec.objective;
  const image = { size: imageSize, units, frequencies: FREQUENCIES, embeddingSize, hidden };
  const nameAll = (shapes: Shapes): void => {
    if (imageSize > 0) for (const [name, [rows, columns]] of Object.entries(shapes)) named(name, rows, columns);
  };
  nameAll(imageMatrices(image));
  const decayed = size;
  named('b_d', 1, hidden);
  named('log_scale', 1, 1);
  nameAll(imageBiases(image));
  const fixed = size;
  if (!trainInputs) nameInputs();
  named('b_in', 1, hidden);
  const vectors = LEARNED.filter((name) => name !== 'sink' || spec.arms?.some(({ sinkToken }) => sinkToken));
  const learned = reserve('learned', vectors.length, hidden);
  vectors.forEach((name, index) => slots.set(name, { name, offset: learned.offset + index * hidden, rows: 1, columns: hidden }));
  const inputsEnd = size;
  if (frozenHeads) nameHeads();
  return {
    size,
    trained: trainInputs ? inputsEnd : fixed,
    decayed,
    slots,
    lora,
    loraRank: rank,
    loraScale: alpha / rank,
    learned,
  };
}

/** @throws RangeError unless items have free embeddings at the input that can be compared with h. */
function checkTied({ hidden }: DecoderConfig, { itemInterface, itemInput, embeddingSize }: RunSpec['objective']): void {
  if (itemInterface === 'token' && itemInput === 'id' && embeddingSize === hidden) return;
  throw new RangeError(
    t(
      'Tied item embeddings (objective.itemOutput) are those of the input: they need the token interface, objective.itemInput id and objective.embeddingSize {hidden}, the model’s hidden size.',
      { hidden },
    ),
  );
}

/** A parameter's slot. @throws Error when the layout has no parameter of that name. */
export function slotOf(layout: Pick<ParameterLayout, 'slots'>, name: string): Slot {
  const slot = layout.slots.get(name);
  if (slot === undefined) throw new Error(`no parameter is named ${name}`);
  return slot;
}

/**
 * Start values of an arm whose LoRA has a lower rank or fewer layers than the layout: what it lacks is 0 in A
 * and B, and stays 0, since neither then has a gradient. Returns `flat` itself if the arm lacks nothing.
 */
export function withLora(layout: ParameterLayout, flat: Float32Array, { rank, firstLayer }: RunSpec['lora']): Float32Array {
  const pairs = [...layout.slots.values()].flatMap((a) => {
    const [, layer] = /^lora\.(\d+)\..*\.A$/.exec(a.name) ?? [];
    return layer === undefined ? [] : [{ layer: Number(layer), a, b: slotOf(layout, a.name.replace(/A$/, 'B')) }];
  });
  if (rank === layout.loraRank && pairs.every(({ layer }) => layer >= firstLayer)) return flat;
  const copy = Float32Array.from(flat);
  for (const { layer, a, b } of pairs) {
    const kept = layer < firstLayer ? 0 : rank;
    copy.fill(0, a.offset + kept * a.columns, a.offset + a.rows * a.columns);
    for (let row = 0; row < b.rows; row++) copy.fill(0, b.offset + row * b.columns + kept, b.offset + (row + 1) * b.columns);
  }
  return copy;
}

/**
 * An arm's parameters in a layout with room for a LoRA of higher rank or with more layers; 0 where the arm
 * has no parameter. The scale alpha / rank is not part of them and stays the arm's.
 */
export function widened(from: ParameterLayout, flat: Float32Array, to: ParameterLayout): Float32Array {
  const wide = new Float32Array(to.size);
  for (const { name, offset, rows, columns } of from.slots.values()) {
    const place = slotOf(to, name);
    for (let row = 0; row < rows; row++) {
      wide.set(flat.subarray(offset + row * columns, offset + (row + 1) * columns), place.offset + row * place.columns);
    }
  }
  return wide;
}

/**
 * Initial standard deviation of free item embeddings, as in BERT4Rec (arXiv 1904.06690) and RecBole's SASRec.
 */
const ID_DEVIATION = 0.02;

/**
 * Start values (docs/method.md, "Parameters and their start"); a function of the seed alone, the same for
 * every arm.
 */
export function initialParameters(
  layout: ParameterLayout,
  config: DecoderConfig,
  embedding: EmbeddingStatistics,
  spec: Pick<RunSpec, 'seed' | 'objective'>,
): Float32Array {
  const random = forkRandom(spec.seed, 'initial parameters');
  const flat = new Float32Array(layout.size);
  const { embeddingScale } = config;
  const { itemInput, itemOutput } = withFreeCodes(spec.objective);
  const fill = (name: string, next: (slot: Slot, index: number) => number): void => {
    const slot = slotOf(layout, name);
    for (let i = 0; i < slot.rows * slot.columns; i++) flat[slot.offset + i] = next(slot, i);
  };
  const uniform =
    (width = 1) =>
    (slot: Slot): number =>
      (width * (2 * random.uniform() - 1)) / Math.sqrt(slot.columns);
  for (const name of layout.slots.keys()) {
    if (name.endsWith('.A')) fill(name, (slot) => random.normal() / Math.sqrt(slot.columns));
  }
  if (itemInput === 'title') fill('w_in', (slot, i) => (i % (slot.columns + 1) === 0 ? 1 : 0));
  if (itemInput === 'hidden') fill('w_in', uniform());
  fill('w_o', uniform());
  fill('w_e', uniform());
  fill('w_d', uniform(2 * embeddingScale * embedding.deviation));
  const scaled = (row: ArrayLike<number>) => (_: Slot, i: number) => embeddingScale * (row[i] ?? 0);
  fill('b_d', scaled(embedding.bos));
  if (spec.objective.embToken === 'learned') fill('emb', scaled(embedding.bos));
  fill('query', scaled(embedding.mean));
  fill('item', scaled(embedding.mean));
  if (layout.slots.has('sink')) fill('sink', scaled(embedding.mean));
  const free = forkRandom(spec.seed, 'item embeddings');
  if (itemInput === 'id' && layout.slots.has('u')) fill('u', () => embeddingScale * embedding.deviation * free.normal());
  if (itemOutput === 'id') fill('z', () => ID_DEVIATION * free.normal());
  if (layout.slots.has('w_s')) {
    const wE = slotOf(layout, 'w_e').offset;
    fill('w_s', (_, i) => flat[wE + i]!);
    fill('w_o', () => 0);
  }
  if (spec.objective.headStart === 'identity') {
    for (const name of ['w_e', 'w_s'])
      if (layout.slots.has(name)) fill(name, ({ columns }, i) => Number(Math.floor(i / columns) === i % columns));
    fill('w_o', () => 0);
  }
  if (layout.slots.has('img_3')) fillImageDecoder(fill, spec);
  fill('log_scale', () => Math.log(1 / spec.objective.temperature));
  return flat;
}

/**
 * g of L_img: its output and biases start at 0. Weights on an h of length 1, whose elements are about 1/√e,
 * are √e times as large.
 */
function fillImageDecoder(
  fill: (name: string, next: (slot: Slot) => number) => void,
  { seed, objective }: Pick<RunSpec, 'seed' | 'objective'>,
): void {
  const random = forkRandom(seed, 'image decoder');
  for (const name of ['img_z', 'img_h', 'img_m', 'img_t', 'img_2']) {
    const width = name === 'img_h' && objective.similarity === 'cosine' ? Math.sqrt(objective.embeddingSize) : 1;
    fill(name, ({ columns }) => (width * (2 * random.uniform() - 1)) / Math.sqrt(columns));
  }
}
