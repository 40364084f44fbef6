/**
 * The heads fitted before an arm's first step: W_o, W_e and the temperature on hidden states of the model from which the arms start, which
 * stays fixed (a linear probe before fine-tuning: Kumar et al., ICLR 2022, arXiv 2202.10054). Definitions: docs/definitions.md. **[O]**
 */
import type { Gpu } from '../../gpu/device';
import { completion } from '../../gpu/completion';
import { readFloats, write, type Tensor } from '../../gpu/tensor';
import type { TurnOptions } from '../../log/turn';
import type { RunSpec } from '../../recipe/runSpec';
import { principalAxes } from '../../statistics/principalAxes';
import { solvePositive } from '../../statistics/positiveSystem';
import { owning, roundUp8, within, type Context } from '../context';
import { addInnerProduct, fill, gatherRows } from '../rows/rows';
import { normaliseRows, normaliseRowsBackward } from '../rows/normalisation';
import { denseForward, denseWeightGradient, type DenseSizes } from '../gemm/dense';
import { full } from '../losses/full/loss';
import { ScoredLoss } from '../losses/scoredLoss';
import { layOutOwn, OwnParameters } from '../optimiser/ownParameters';

/** Maximum number of rows of an AdamW step, and of each partial sum of the ridge regression. */
const FIT_ROWS = 512;
/** Blocks of rows in which a symmetric product is computed, each as far as the diagonal: half of it would be the least. */
const TRIANGLE_BLOCKS = 4;
/** They begin at multiples of this, as tiles like it. */
const TRIANGLE_STEP = 64;
/** Shares of the axes and of the regression after which their sums are done: the rest is for one core. */
const SUMMED = { axes: 0.3, regression: 0.7 };
/** Penalty of the ridge regression, as a share of the mean square of a hidden state's numbers. */
const RIDGE = 1e-2;

/** As AdamW trains the heads, from the objective's `headStartRate`: without warm-up, down to 0, and without clipping. */
const TRAINING = {
  warmupSteps: 0,
  decay: 'linear',
  finalLearningRateShare: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 0,
} as const;

/**
 * Prediction rows: hidden states [rows, hidden], and the items that they should predict [rows]. With a skip into h, what it reads follows each
 * hidden state and counts as part of it: `readWidth`.
 */
export interface FitRows {
  readonly hidden: Float32Array;
  readonly targets: Uint32Array;
}

export interface Heads {
  /** W_o [e, hidden], with W_s's columns after it if there is a skip; W_e [e, features]; and log(1/τ). */
  readonly wO: Float32Array;
  readonly wE: Float32Array;
  readonly logScale: number;
}

export interface FitSizes {
  readonly items: number;
  /** Floats per row of x, and per hidden state. */
  readonly features: number;
  readonly hidden: number;
}

export interface BeginOptions {
  /** Called with the share of that part that is done. */
  readonly onProgress?: ((part: 'axes' | 'regression', share: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type FitObjective = Pick<
  RunSpec['objective'],
  'embeddingSize' | 'similarity' | 'temperature' | 'headStartFrom' | 'headStartSteps' | 'headStartRate'
>;

/** Steps that are queued before their losses are read. */
export const STEPS_A_READ = 10;
/** Slots of the report: the norm of a gradient, then the steps' losses. */
const NORM = 0;
const FIRST_LOSS = 1;

/** Holds GPU memory of its own until `destroy`. */
export class HeadFit {
  private readonly own: OwnParameters;
  private readonly scored: ScoredLoss;
  private readonly x: Tensor;
  private readonly e: Tensor;
  private readonly de: Tensor;
  private readonly eNorm: Tensor;
  private readonly rows: Tensor;
  private readonly targets: Tensor;
  private readonly weights: Tensor;
  private readonly h: Tensor;
  private readonly dh: Tensor;
  private readonly hNorm: Tensor;
  private readonly report: Tensor;

  private constructor(
    private readonly context: Context,
    private readonly sizes: FitSizes,
    private readonly objective: FitObjective,
  ) {
    const { memory } = context;
    const { items, features, hidden } = sizes;
    const { embeddingSize, headStartSteps: steps, headStartRate: learningRate } = objective;
    // Under their names in an arm's layout.
    const layout = layOutOwn({ w_o: [embeddingSize, hidden], w_e: [embeddingSize, features] }, { log_scale: [1, 1] });
    // The schedule would reach 0 at the last step; with one more, it does so a step later.
    this.own = new OwnParameters(context, layout, { ...TRAINING, learningRate, steps: steps + 1 }, 'the heads that are fitted');
    const columns = roundUp8(items);
    this.scored = new ScoredLoss(context, { rows: FIT_ROWS, columns, losses: [full.row] });
    this.x = memory.tensor(items * features, 'item features of the fit');
    this.e = memory.tensor(columns * embeddingSize, 'e of the fit');
    this.de = memory.tensor(columns * embeddingSize, 'de of the fit');
    this.eNorm = memory.tensor(columns, '‖e‖ of the fit');
    this.rows = memory.tensor(FIT_ROWS * hidden, 'hidden states of the fit');
    this.targets = memory.tensor(FIT_ROWS, 'targets of the fit');
    this.weights = memory.tensor(FIT_ROWS, 'weights of the fit');
    this.h = memory.tensor(FIT_ROWS * embeddingSize, 'h of the fit');
    this.dh = memory.tensor(FIT_ROWS * embeddingSize, 'dh of the fit');
    this.hNorm = memory.tensor(FIT_ROWS, '‖h‖ of the fit');
    this.report = memory.tensor(FIRST_LOSS + STEPS_A_READ, 'report of the fit');
  }

  /** The learning rate falls from the objective's `headStartRate` to 0 over its `headStartSteps`. */
  static create(gpu: Gpu, sizes: FitSizes, objective: FitObjective): HeadFit {
    return owning(gpu, (context) => new HeadFit(within(context, 'losses'), sizes, objective));
  }

  /** Bytes of GPU memory that it holds. */
  get bytes(): number {
    return this.context.memory.bytes;
  }

  /** Uploads x [items, features]. */
  load(x: Float32Array): void {
    write(this.context.memory.device, this.x, x);
  }

  /**
   * Where AdamW starts: W_e the leading principal axes of x, W_o by ridge regression of the target's e on the hidden state; from the zero-shot
   * ranking, W_o = 0 with W_s = W_e.
   * @throws RangeError if features are narrower than e; the signal's reason
   */
  async begin(rows: FitRows, { onProgress, signal }: BeginOptions = {}): Promise<void> {
    const told = (part: 'axes' | 'regression'): TurnOptions => ({ onProgress: (share) => onProgress?.(part, share), signal });
    const wE = await this.axes(told('axes'));
    const ridge = this.objective.headStartFrom === 'ridge';
    const wO = ridge ? await this.regression(rows, wE, told('regression')) : this.zeroShot(wE);
    this.set({ wO, wE, logScale: Math.log(1 / this.objective.temperature) });
  }

  /** Sets the heads, and AdamW back to its first step. */
  set({ wO, wE, logScale }: Heads): void {
    const { device } = this.context.memory;
    const { views } = this.own;
    write(device, views.named('w_o'), wO);
    write(device, views.named('w_e'), wE);
    write(device, views.named('log_scale'), Float32Array.of(logScale));
    this.own.restart();
  }

  /**
   * One AdamW step on the softmax over the catalogue, the mean over at most FIT_ROWS rows. With `update: false` the gradient is left
   * for `readGradients`.
   * @returns the mean before the step
   */
  async step(rows: FitRows, options = { update: true }): Promise<number> {
    return (await this.steps([rows], options))[0]!;
  }

  /** At most STEPS_A_READ steps, whose losses are read together. The rows of a step are not read after its turn. */
  async steps(batches: Iterable<FitRows>, options = { update: true }): Promise<Float32Array> {
    const { context, report } = this;
    fill(context, report, FIRST_LOSS + STEPS_A_READ);
    let count = 0;
    for (const rows of batches) {
      if (count === STEPS_A_READ) throw new RangeError(`more than ${STEPS_A_READ} steps`);
      // Recorded commands read the rows that the next step overwrites.
      if (count > 0) context.recorder.submit();
      this.queue(rows, FIRST_LOSS + count++, options.update);
    }
    return (await context.recorder.submitAndRead(report, FIRST_LOSS + count)).slice(FIRST_LOSS);
  }

  private queue({ hidden, targets }: FitRows, slot: number, update: boolean): void {
    const { context, sizes, objective, own, report } = this;
    const { gradients, views: parameters } = own;
    const { embeddingSize } = objective;
    const rows = targets.length;
    this.loadRows(hidden, targets);
    write(context.memory.device, this.weights, new Float32Array(rows).fill(1 / rows));
    own.clearGradients();
    this.embedItems();
    denseForward(context.gemm, this.interest(rows), { x: this.rows, w: parameters.named('w_o'), y: this.h });
    if (this.cosine) normaliseRows(context, { rows, size: embeddingSize }, { x: this.h, norm: this.hNorm });
    this.scored.run({
      loss: full.row,
      rows,
      columns: sizes.items,
      depth: embeddingSize,
      h: this.h,
      e: { tensor: this.e, stride: embeddingSize },
      targetColumn: this.targets,
      owned: null,
      logScale: this.cosine ? parameters.named('log_scale') : null,
      offset: null,
      rowWeight: this.weights,
      report,
      slot,
      gradient: { weight: 1, dh: this.dh, de: this.de },
    });
    if (this.cosine) {
      addInnerProduct(context, rows * embeddingSize, { x: this.h, y: this.dh, out: gradients.named('log_scale') });
      normaliseRowsBackward(context, { rows, size: embeddingSize }, { y: this.h, norm: this.hNorm, dy: this.dh });
      normaliseRowsBackward(context, { rows: sizes.items, size: embeddingSize }, { y: this.e, norm: this.eNorm, dy: this.de });
    }
    denseWeightGradient(context.gemm, this.interest(rows), { dy: this.dh, x: this.rows, dw: gradients.named('w_o') });
    denseWeightGradient(context.gemm, this.itemSizes, { dy: this.de, x: this.x, dw: gradients.named('w_e') });
    if (update) own.update({ report, slot: NORM });
  }

  async read(): Promise<Heads> {
    return this.headsOf(await this.own.read());
  }

  /** Of the last step. */
  async readGradients(): Promise<Heads> {
    return this.headsOf(await this.own.readGradients());
  }

  destroy(): void {
    this.context.memory.destroy();
  }

  private get cosine(): boolean {
    return this.objective.similarity === 'cosine';
  }

  /** Leading principal axes of x, [e, features]. x is standardised, hence centred. */
  private async axes(options: TurnOptions): Promise<Float32Array> {
    const { features } = this.sizes;
    const e = this.objective.embeddingSize;
    if (e === features) return Float32Array.from({ length: e * e }, (_, i) => Number(i % (e + 1) === 0));
    const covariance = Float64Array.from(await this.covariance(before(SUMMED.axes, options)));
    return Float32Array.from((await principalAxes(covariance, features, e, after(SUMMED.axes, options))).axes);
  }

  /** Lower triangle of xᵀ·x [features, features]. */
  private async covariance(options: TurnOptions = {}): Promise<Float32Array> {
    const { features, items } = this.sizes;
    const covariance = this.context.memory.tensor(features * features, 'covariance of x');
    try {
      const blocks = triangleBlocks(features);
      for (const [index, block] of blocks.entries()) {
        this.addBlock(items, features, block, this.x, covariance);
        await this.done((index + 1) / blocks.length, options);
      }
      const [sums] = await readFloats(this.context.memory, [{ tensor: covariance, elements: features * features }]);
      return sums!;
    } finally {
      this.context.memory.free(covariance);
    }
  }

  /**
   * W_o [e, hidden] of the smallest Σ ‖W_o·hidden − e_target‖² + ridge·‖W_o‖², e of length 1 under that W_e; for the cosine similarity, its
   * rows have mean length 1. Overwrites W_e among the fit's heads: `set` must follow.
   * @throws the signal's reason
   */
  async regression(rows: FitRows, wE: Float32Array, options: TurnOptions = {}): Promise<Float32Array> {
    const { hidden: size } = this.sizes;
    const { products, withTargets } = await this.sums(rows, wE, before(SUMMED.regression, options));
    const a = Float64Array.from(products);
    let trace = 0;
    for (let i = 0; i < size; i++) trace += a[i * size + i]!;
    // RIDGE · rows · mean square: the trace is the sum of all squares.
    for (let i = 0; i < size; i++) a[i * size + i]! += (RIDGE * trace) / size;
    const solution = await solvePositive(a, size, Float64Array.from(withTargets), after(SUMMED.regression, options));
    const wO = Float32Array.from(solution);
    return this.cosine ? scaledRows(wO, this.objective.embeddingSize, size) : wO;
  }

  /** [0 | W_e]: h compares the mean features of the last items with each item's, along those axes. */
  private zeroShot(wE: Float32Array): Float32Array {
    const { hidden, features } = this.sizes;
    const e = this.objective.embeddingSize;
    const wO = new Float32Array(e * hidden);
    for (let row = 0; row < e; row++) wO.set(wE.subarray(row * features, (row + 1) * features), (row + 1) * hidden - features);
    return wO;
  }

  /** Asks for the kernels of a fit to that many rows, on a GPU that computes nothing. */
  async rehearse(rows: number): Promise<void> {
    const { features, hidden } = this.sizes;
    const some: FitRows = { hidden: new Float32Array(rows * hidden), targets: new Uint32Array(rows) };
    await this.covariance();
    if (this.objective.headStartFrom === 'ridge')
      await this.sums(some, new Float32Array(this.objective.embeddingSize * features));
    await this.step(some);
  }

  /**
   * HᵀH [hidden, hidden], its lower triangle, and EᵀH [e, hidden] of the rows' hidden states and the e of their targets, of length 1 under
   * that W_e.
   */
  private async sums(
    { hidden, targets }: FitRows,
    wE: Float32Array,
    options: TurnOptions = {},
  ): Promise<{ readonly products: Float32Array; readonly withTargets: Float32Array }> {
    const { context } = this;
    const { hidden: size } = this.sizes;
    const e = this.objective.embeddingSize;
    const { memory } = context;
    const gram = memory.tensor(size * size, 'products of hidden states');
    const cross = memory.tensor(e * size, 'products with the targets');
    try {
      write(memory.device, this.own.views.named('w_e'), wE);
      this.embedItems(true);
      for (let first = 0; first < targets.length; first += FIT_ROWS) {
        const some = targets.subarray(first, first + FIT_ROWS);
        this.loadRows(hidden.subarray(first * size, (first + some.length) * size), some);
        gatherRows(context, { rows: some.length, size: e }, { x: this.e, index: this.targets, out: this.h });
        for (const block of triangleBlocks(size)) this.addBlock(some.length, size, block, this.rows, gram);
        denseWeightGradient(
          context.gemm,
          { rows: some.length, inputs: size, outputs: e },
          { dy: this.h, x: this.rows, dw: cross },
        );
        // Recorded commands read the rows that the next part overwrites.
        await this.done((first + some.length) / targets.length, options);
      }
      const [products, withTargets] = await readFloats(memory, [
        { tensor: gram, elements: size * size },
        { tensor: cross, elements: e * size },
      ]);
      return { products: products!, withTargets: withTargets! };
    } finally {
      memory.free(gram);
      memory.free(cross);
    }
  }

  /** Rows of out [size, size] += aᵀ·a over `rows` rows of a [rows, size], as far as the columns of the block on the diagonal. */
  private addBlock(rows: number, size: number, { first, end }: TriangleBlock, a: Tensor, out: Tensor): void {
    this.context.gemm.run({
      kind: 'TN',
      rows: end - first,
      columns: end,
      depth: rows,
      a: { tensor: a, stride: size, offset: first },
      b: { tensor: a, stride: size },
      out: { tensor: out, stride: size, offset: first * size },
      accumulate: true,
    });
  }

  /** Resolves when the device has computed what was recorded. @throws the signal's reason */
  private async done(share: number, { onProgress, signal }: TurnOptions): Promise<void> {
    const { recorder, memory } = this.context;
    recorder.submit();
    await completion(memory.device, memory.device.queue.onSubmittedWorkDone());
    signal?.throwIfAborted();
    onProgress?.(share);
  }

  /** e of the catalogue: of length 1 for the cosine similarity, or with `unit`. */
  private embedItems(unit = this.cosine): void {
    const { context, sizes, e } = this;
    denseForward(context.gemm, this.itemSizes, { x: this.x, w: this.own.views.named('w_e'), y: e });
    if (unit) normaliseRows(context, { rows: sizes.items, size: this.objective.embeddingSize }, { x: e, norm: this.eNorm });
  }

  private loadRows(hidden: Float32Array, targets: Uint32Array): void {
    if (targets.length > FIT_ROWS) throw new RangeError(`${targets.length} rows, room for ${FIT_ROWS}`);
    const { device } = this.context.memory;
    write(device, this.rows, hidden);
    write(device, this.targets, targets);
  }

  private headsOf(values: Float32Array): Heads {
    const of = (name: string): Float32Array => this.own.part(values, name).slice();
    return { wO: of('w_o'), wE: of('w_e'), logScale: of('log_scale')[0]! };
  }

  /** W_o: hidden → e. */
  private interest(rows: number): DenseSizes {
    return { rows, inputs: this.sizes.hidden, outputs: this.objective.embeddingSize };
  }

  /** W_e: features → e, of the catalogue. */
  private get itemSizes(): DenseSizes {
    return { rows: this.sizes.items, inputs: this.sizes.features, outputs: this.objective.embeddingSize };
  }
}

/** Rows of a square matrix. */
interface TriangleBlock {
  readonly first: number;
  readonly end: number;
}

function triangleBlocks(size: number): readonly TriangleBlock[] {
  const rows = TRIANGLE_STEP * Math.ceil(size / TRIANGLE_BLOCKS / TRIANGLE_STEP);
  return Array.from({ length: Math.ceil(size / rows) }, (_, block) => ({
    first: block * rows,
    end: Math.min(size, (block + 1) * rows),
  }));
}

/** Of the part of the work up to that share, and of the part after it. */
function before(share: number, { onProgress, signal }: TurnOptions): TurnOptions {
  return { onProgress: (done) => onProgress?.(share * done), signal };
}

function after(share: number, { onProgress, signal }: TurnOptions): TurnOptions {
  return { onProgress: (done) => onProgress?.(share + (1 - share) * done), signal };
}

/** The rows of a matrix [rows, size], divided by their mean length. */
function scaledRows(matrix: Float32Array, rows: number, size: number): Float32Array {
  let lengths = 0;
  for (let row = 0; row < rows; row++) lengths += Math.hypot(...matrix.subarray(row * size, (row + 1) * size));
  return lengths === 0 ? matrix : matrix.map((value) => (value * rows) / lengths);
}
