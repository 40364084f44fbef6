/** A loss that a caller brings along: a pair of WGSL kernels, or a function on the CPU. */
import { readFloats, write, type Tensor } from '../../gpu/tensor';
import type { Context } from '../context';
import { addInnerProduct, fill } from '../rows/rows';
import type { LossSlot } from './scoredLoss';

/**
 * Two kernels with one thread per row, `main` of each; `OWN_LOSS_BINDINGS` is put in front of both. `loss`
 * sets `y[row]` to the loss of the row, `gradient` sets `y[row * params.stride + column]` to `params.scale`
 * times its derivative by `x[row * params.stride + column]`.
 */
export interface LossKernels {
  readonly loss: string;
  readonly gradient: string;
}

/** Rows of numbers, [rows, columns], and what each is to predict. */
export interface LossRows {
  readonly x: Float32Array;
  readonly targets: Uint32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The mean over the rows of their losses, and its derivative by x, [rows, columns]. */
export type LossCallback = (rows: LossRows) => LossAndGradient | Promise<LossAndGradient>;
export interface LossAndGradient {
  readonly loss: number;
  readonly gradient: Float32Array;
}

export const OWN_LOSS_BINDINGS = `struct Params { rows: u32, columns: u32, stride: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
`;

/** Where the loss reads and writes: x and dx are [rows, stride], of which the first `columns` count. */
interface OwnLossCall extends LossSlot {
  readonly x: Tensor;
  /** Set to `weight` times the gradient of the mean over the rows. */
  readonly dx: Tensor;
  readonly targets: Uint32Array;
  readonly columns: number;
  readonly stride: number;
  readonly weight: number;
  /** Factor of this mean in the step's loss: the part that these rows are of it. */
  readonly share: number;
}

export class OwnLoss {
  private readonly targets: Tensor;
  private readonly values: Tensor;
  private readonly ones: Tensor;

  /** @param rows maximum number of rows per call */
  constructor(
    private readonly context: Context,
    private readonly source: LossKernels | LossCallback,
    private readonly rows: number,
  ) {
    const { memory } = context;
    this.targets = memory.tensor(rows, 'targets of the own loss');
    this.values = memory.tensor(rows, 'losses of rows');
    this.ones = memory.upload(new Float32Array(rows).fill(1), 'ones');
  }

  /**
   * Adds share · mean loss to report[slot], and sets dx to weight · share times its gradient. Kernels are
   * queued at once; a function is waited for.
   * @throws RangeError when a function returns no finite loss, or a gradient of another size
   */
  add(call: OwnLossCall): Promise<void> | null {
    const rows = call.targets.length;
    if (rows > this.rows) throw new RangeError(`${rows} rows, room for ${this.rows}`);
    if (typeof this.source === 'function') return this.onCpu(this.source, call);
    const { context, values, targets } = this;
    const { x, dx, columns, stride, weight, share, report, slot } = call;
    write(context.memory.device, targets, call.targets);
    const run = (name: keyof LossKernels, code: string, y: Tensor): void => {
      const whole = `${OWN_LOSS_BINDINGS}${code}`;
      context.recorder.dispatch({
        kernel: context.kernels.source(`own ${name}`, whole, () => whole),
        storage: { x, targets, y },
        params: { rows, columns, stride, scale: (weight * share) / rows },
        threads: rows,
      });
    };
    run('loss', this.source.loss, values);
    run('gradient', this.source.gradient, dx);
    addInnerProduct(context, rows, { x: values, y: this.ones, out: report, slot, factor: share / rows });
    return null;
  }

  private async onCpu(callback: LossCallback, call: OwnLossCall): Promise<void> {
    const { context, values } = this;
    const { x, dx, columns, stride, targets, weight, share, report, slot } = call;
    const rows = targets.length;
    context.recorder.submit();
    const [padded] = await readFloats(context.memory, [{ tensor: x, elements: rows * stride }]);
    const given = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) given.set(padded!.subarray(row * stride, row * stride + columns), row * columns);
    const { loss, gradient } = await callback({ x: given, targets, rows, columns });
    if (!Number.isFinite(loss)) throw new RangeError(`The own loss is ${loss}: it must be a finite number.`);
    if (gradient.length !== rows * columns)
      throw new RangeError(`The own loss gave a gradient of ${gradient.length} numbers: it must have ${rows} × ${columns}.`);
    const scaled = new Float32Array(rows * stride);
    for (let at = 0; at < gradient.length; at++)
      scaled[Math.floor(at / columns) * stride + (at % columns)] = weight * share * gradient[at]!;
    write(context.memory.device, dx, scaled);
    fill(context, values, 1, loss);
    addInnerProduct(context, 1, { x: values, y: this.ones, out: report, slot, factor: share });
  }
}
