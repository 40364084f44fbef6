/**
 * g: an MLP with two hidden layers that reads c and, for flow matching, a point z between noise and picture
 * with its time τ; and the mean square of its error with the gradient. Definitions: docs/method.md, "Losses".
 */
import { write, type Tensor } from '../../../gpu/tensor';
import type { FlatViews } from '../../adapter';
import { roundUp4, type Context } from '../../context';
import { activationPrelude } from '../../decoder/mlp';
import { denseForward, denseInputGradient, denseWeightGradient, type DenseSizes } from '../../gemm/dense';
import type { LossSlot } from '../../losses/scoredLoss';
import { sumRows } from '../../rows/rows';
import { noised, type ImageDraw, type ImageLoss } from './noised';

export interface ImageSizes {
  /** Maximum number of pictures per call. */
  readonly rows: number;
  /** Size of v. */
  readonly size: number;
  readonly units: number;
  readonly frequencies: number;
}

/** c [rows, width], and the matrix that reads it. */
export interface ImageContext {
  readonly tensor: Tensor;
  readonly width: number;
  readonly matrix: 'img_h' | 'img_m';
}

/** The parameters of a call. */
export interface ImageCall extends LossSlot {
  readonly context: ImageContext;
  readonly parameters: FlatViews;
  /** Factor of the sum of squares. */
  readonly scale: number;
}

/** Where weight·∂loss goes; `dc` null stops the gradient at c. */
export interface ImageGradient {
  readonly weight: number;
  readonly gradients: FlatViews;
  readonly dc: Tensor | null;
}

export class ImageDecoder {
  private readonly width: number;
  private readonly z: Tensor;
  private readonly time: Tensor;
  private readonly goal: Tensor;
  private readonly y: Tensor;
  private readonly error: Tensor;
  /** Both hidden layers, before and after the activation. */
  private readonly sums: readonly [Tensor, Tensor];
  private readonly units: readonly [Tensor, Tensor];
  private readonly dUnits: Tensor;
  private readonly everyRow: Tensor;
  private rows = 0;
  private loss: ImageLoss = 'flow';

  constructor(
    private readonly context: Context,
    private readonly sizes: ImageSizes,
  ) {
    const { memory } = context;
    const { rows, size, units, frequencies } = sizes;
    this.width = roundUp4(size);
    const hidden = (label: string): Tensor => memory.tensor(rows * units, label);
    this.z = memory.tensor(rows * this.width, 'z of pictures');
    this.time = memory.tensor(rows * 2 * frequencies, 'τ of pictures');
    this.goal = memory.tensor(rows * this.width, 'v − ε of pictures');
    this.y = memory.tensor(rows * this.width, 'g of pictures');
    this.error = memory.tensor(rows, 'errors of pictures');
    this.sums = [hidden('picture decoder, sums 1'), hidden('picture decoder, sums 2')];
    this.units = [hidden('picture decoder, units 1'), hidden('picture decoder, units 2')];
    this.dUnits = hidden('d picture decoder, units');
    this.everyRow = memory.tensor(rows, 'rows of pictures');
  }

  /** Uploads the pictures and their noise. @throws RangeError for more than fit */
  load(draws: readonly ImageDraw[], loss: ImageLoss): void {
    const { device } = this.context.memory;
    const { rows, frequencies } = this.sizes;
    if (draws.length > rows) throw new RangeError(`${draws.length} pictures, room for ${rows}`);
    this.rows = draws.length;
    this.loss = loss;
    const { z, goal, time } = noised(draws, loss, this.width, frequencies);
    write(device, this.goal, goal);
    write(device, this.everyRow, Uint32Array.from(draws.keys()));
    if (loss === 'mse') return;
    write(device, this.z, z);
    write(device, this.time, time);
  }

  /**
   * Adds scale·Σ of the squared errors of the loaded pictures to the slot, and its gradient as `into` says.
   * @returns scale·Σ for each picture: [pictures]
   */
  run({ context: c, parameters, scale, report, slot }: ImageCall, gradient: ImageGradient | null): Tensor {
    const { context, rows, width, sizes, loss } = this;
    const { gemm, recorder } = context;
    const { size } = sizes;
    const named = (name: string): Tensor => parameters.named(name);
    const [sums1, sums2] = this.sums;
    const [units1, units2] = this.units;
    const read = this.dense(c.width);
    denseForward(gemm, read, { x: c.tensor, w: named(c.matrix), y: sums1, bias: named('img_b1') });
    if (loss === 'flow') {
      this.addProduct(this.z, width, named('img_z'));
      this.addProduct(this.time, 2 * sizes.frequencies, named('img_t'));
    }
    this.activate(sums1, units1);
    denseForward(gemm, this.dense(sizes.units), { x: units1, w: named('img_2'), y: sums2, bias: named('img_b2') });
    this.activate(sums2, units2);
    denseForward(gemm, this.output, { x: units2, w: named('img_3'), y: this.y, bias: named('img_b3') });
    recorder.dispatch({
      kernel: context.kernels.file('squared_error'),
      storage: { goal: this.goal, y: this.y, error: this.error },
      params: { rows, width, size, scale, weight: gradient?.weight ?? 0 },
      threads: rows,
    });
    sumRows(context, { rows, size: 1 }, { x: this.error, index: this.everyRow, out: report, at: slot });
    if (gradient !== null) this.backward(c, parameters, gradient);
    return this.error;
  }

  private backward(c: ImageContext, parameters: FlatViews, { gradients, dc }: ImageGradient): void {
    const { sizes, dUnits, width, rows } = this;
    const { gemm } = this.context;
    const bias = (name: string, x: Tensor, size: number): void => {
      sumRows(this.context, { rows, size }, { x, index: this.everyRow, out: gradients.named(name) });
    };
    const [sums1, sums2] = this.sums;
    const [units1, units2] = this.units;
    denseWeightGradient(gemm, this.output, { dy: this.y, x: units2, dw: gradients.named('img_3') });
    bias('img_b3', this.y, width);
    denseInputGradient(gemm, this.output, { dy: this.y, w: parameters.named('img_3'), dx: dUnits });
    this.deactivate(sums2, dUnits);
    const middle = this.dense(sizes.units);
    denseWeightGradient(gemm, middle, { dy: sums2, x: units1, dw: gradients.named('img_2') });
    bias('img_b2', sums2, sizes.units);
    denseInputGradient(gemm, middle, { dy: sums2, w: parameters.named('img_2'), dx: dUnits });
    this.deactivate(sums1, dUnits);
    bias('img_b1', sums1, sizes.units);
    if (this.loss === 'flow') {
      denseWeightGradient(gemm, this.dense(width), { dy: sums1, x: this.z, dw: gradients.named('img_z') });
      const times = this.dense(2 * sizes.frequencies);
      denseWeightGradient(gemm, times, { dy: sums1, x: this.time, dw: gradients.named('img_t') });
    }
    const read = this.dense(c.width);
    denseWeightGradient(gemm, read, { dy: sums1, x: c.tensor, dw: gradients.named(c.matrix) });
    if (dc !== null) denseInputGradient(gemm, read, { dy: sums1, w: parameters.named(c.matrix), dx: dc });
  }

  /** Pre-activations of the first layer += x·Wᵀ. */
  private addProduct(x: Tensor, inputs: number, w: Tensor): void {
    const { units } = this.sizes;
    this.context.gemm.run({
      kind: 'NT',
      rows: this.rows,
      columns: units,
      depth: inputs,
      a: { tensor: x, stride: inputs },
      b: { tensor: w, stride: inputs },
      out: { tensor: this.sums[0], stride: units },
      accumulate: true,
    });
  }

  private activate(x: Tensor, y: Tensor): void {
    this.elementwise('activation_forward', { x, y });
  }

  /** dy → gradient of the pre-activations x, in their place. */
  private deactivate(x: Tensor, dy: Tensor): void {
    this.elementwise('activation_backward', { x, dy });
  }

  private elementwise(name: string, storage: Readonly<Record<string, Tensor>>): void {
    const { prelude, width } = activationPrelude('silu', this.sizes.units);
    const count = (this.rows * this.sizes.units) / width;
    const { kernels, recorder } = this.context;
    recorder.dispatch({ kernel: kernels.file(name, prelude), storage, params: { count }, threads: count });
  }

  /** A layer that ends in hidden units. */
  private dense(inputs: number): DenseSizes {
    return { rows: this.rows, inputs, outputs: this.sizes.units };
  }

  private get output(): DenseSizes {
    return { rows: this.rows, inputs: this.sizes.units, outputs: this.width };
  }
}
