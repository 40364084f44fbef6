/** A few parameters that are trained apart from those of arms, with their gradients and AdamW: probes. */
import { readFloats, write, type Tensor } from '../../gpu/tensor';
import { FlatViews } from '../adapter';
import type { Context } from '../context';
import type { LossSlot } from '../losses/scoredLoss';
import { alignedFloats, slotOf, type ParameterLayout, type Shapes, type Slot } from '../parameters';
import { fill } from '../rows/rows';
import { Optimiser, type OptimiserSettings } from './optimiser';

export type OwnLayout = Pick<ParameterLayout, 'size' | 'trained' | 'decayed' | 'slots'>;

/** The parameters in order, weight-decayed ones first. */
export function layOutOwn(decayed: Shapes, others: Shapes): OwnLayout {
  const slots = new Map<string, Slot>();
  let size = 0;
  const add = (shapes: Shapes): number => {
    for (const [name, [rows, columns]] of Object.entries(shapes)) {
      slots.set(name, { name, offset: size, rows, columns });
      size += alignedFloats(rows * columns);
    }
    return size;
  };
  const end = add(decayed);
  add(others);
  return { size, trained: size, decayed: end, slots };
}

export class OwnParameters {
  readonly views: FlatViews;
  readonly gradients: FlatViews;
  private readonly state: { readonly flat: Tensor; readonly m: Tensor; readonly v: Tensor };
  private readonly optimiser: Optimiser;
  private taken = 0;

  /** @param of the owner, for memory labels */
  constructor(
    private readonly context: Context,
    readonly layout: OwnLayout,
    training: OptimiserSettings,
    of: string,
  ) {
    const tensor = (what: string): Tensor => context.memory.tensor(layout.size, `${what} of ${of}`);
    this.state = { flat: tensor('parameters'), m: tensor('m'), v: tensor('v') };
    this.views = new FlatViews(this.state.flat, layout);
    this.gradients = new FlatViews(tensor('gradients'), layout);
    this.optimiser = new Optimiser(context, layout, training);
  }

  /** Sets all of them; AdamW's state is kept. */
  set(values: Float32Array): void {
    write(this.context.memory.device, this.state.flat, values);
  }

  /** Sets AdamW back to its first step. */
  restart(): void {
    const { device } = this.context.memory;
    for (const moments of [this.state.m, this.state.v]) write(device, moments, new Float32Array(this.layout.size));
    this.taken = 0;
  }

  clearGradients(): void {
    fill(this.context, this.gradients.flat, this.layout.size);
  }

  /** AdamW's next step. The norm of the gradient goes into the slot. */
  update(norm: LossSlot): void {
    this.optimiser.update(this.state, this.gradients.flat, { step: this.taken++ }, norm);
  }

  read(): Promise<Float32Array> {
    return this.readAll(this.state.flat);
  }

  readGradients(): Promise<Float32Array> {
    return this.readAll(this.gradients.flat);
  }

  /** One of the parameters in the result of `read`. */
  part(values: Float32Array, name: string): Float32Array {
    const { offset, rows, columns } = slotOf(this.layout, name);
    return values.subarray(offset, offset + rows * columns);
  }

  private async readAll(tensor: Tensor): Promise<Float32Array> {
    const [all] = await readFloats(this.context.memory, [{ tensor, elements: this.layout.size }]);
    return all!;
  }
}
