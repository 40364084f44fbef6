/** An arm's parameters on the GPU, seen through the layout; and the linear layer y = W·x (+ b) + scale·B·(A·x), forward and backward. */
import { view, type Tensor } from '../gpu/tensor';
import type { Context } from './context';
import type { Matrix } from './gemm/gemm';
import type { FrozenLinear } from './decoder/frozenWeights';
import { slotOf, type GroupKey, type LoraGroup, type ParameterLayout, type Slot } from './parameters';

/** Views of the parameters in a flat buffer, made once. */
export class FlatViews {
  private readonly views = new Map<string, Tensor>();

  constructor(
    readonly flat: Tensor,
    private readonly layout: Pick<ParameterLayout, 'slots'>,
  ) {}

  /** The parameter of that name in docs/definitions.md. Its offset must be aligned: a whole slot, not one of a stack. */
  named(name: string): Tensor {
    return this.slot(slotOf(this.layout, name));
  }

  slot(slot: Slot): Tensor {
    const known = this.views.get(slot.name);
    if (known !== undefined) return known;
    const made = view(this.flat, slot.offset, slot.rows * slot.columns);
    this.views.set(slot.name, made);
    return made;
  }
}

/** LoRA's B matrices of every group laid out block-diagonally and scaled; refreshed from an arm before its pass. */
export class LoraBlocks {
  private readonly blocks: readonly Readonly<Record<GroupKey, Tensor>>[];
  private scaled: number;

  constructor(
    private readonly context: Context,
    private readonly layout: ParameterLayout,
  ) {
    this.scaled = layout.loraScale;
    const block = (group: LoraGroup, label: string): Tensor => context.memory.tensor(group.outputSize * group.rank, label);
    this.blocks = layout.lora.map((groups, layer) => ({
      qkv: block(groups.qkv, `B q,k,v ${layer}`),
      o: block(groups.o, `B o ${layer}`),
      gateUp: block(groups.gateUp, `B gate,up ${layer}`),
      down: block(groups.down, `B down ${layer}`),
    }));
  }

  /** [outputSize, rank] of a group: scale·B in the blocks, zero elsewhere. */
  of(layer: number, key: GroupKey): Tensor {
    return this.blocks[layer]![key];
  }

  /** The factor of B: alpha / rank of the arm that was copied last. */
  get scale(): number {
    return this.scaled;
  }

  /** Queues a copy of an arm's B matrices, multiplied by its scale, into the blocks. */
  refresh(parameters: FlatViews, scale = this.layout.loraScale): void {
    this.scaled = scale;
    const kernel = this.context.kernels.file('place_block');
    this.layout.lora.forEach((groups, layer) => {
      for (const key of Object.keys(groups) as GroupKey[]) {
        const group = groups[key];
        for (const { b, firstRow, firstColumn } of group.targets) {
          this.context.recorder.dispatch({
            kernel,
            storage: { b: parameters.slot(b), block: this.of(layer, key) },
            params: {
              rows: b.rows,
              columns: b.columns,
              first_row: firstRow,
              first_column: firstColumn,
              stride: group.rank,
              scale,
            },
            threads: b.rows * b.columns,
          });
        }
      }
    });
  }
}

/** One adapted linear layer in one pass. Without an arm (the base model) only W acts. */
export interface AdaptedLinear {
  readonly rows: number;
  readonly layer: number;
  readonly key: GroupKey;
  readonly group: LoraGroup;
  /** Frozen W [outputSize, inputSize] and its bias. */
  readonly frozen: FrozenLinear;
  /** Input [rows, inputSize]. */
  readonly x: Tensor;
  /** A·x [rows, rank]. */
  readonly low: Tensor;
}

function dense(tensor: Tensor, stride: number, offset = 0): Matrix {
  return { tensor, stride, offset };
}

/** A·x alone; queues nothing if no projection is adapted. */
export function lowForward(context: Context, linear: AdaptedLinear, lora: { readonly parameters: FlatViews } | null): void {
  const { rows, group, x, low } = linear;
  const { inputSize, rank, a } = group;
  if (lora === null || a === null) return;
  context.gemm.run({
    kind: 'NT',
    rows,
    columns: rank,
    depth: inputSize,
    a: dense(x, inputSize),
    b: dense(lora.parameters.slot(a), inputSize),
    out: dense(low, rank),
  });
}

/** y = W·x (+ b) + scale·B·(A·x) (+ residual); keeps A·x. */
export function linearForward(
  context: Context,
  linear: AdaptedLinear,
  lora: { readonly parameters: FlatViews; readonly blocks: LoraBlocks } | null,
  { y, residual }: { readonly y: Tensor; readonly residual?: Tensor | undefined },
): void {
  const { rows, group, frozen, x, low } = linear;
  const { inputSize, outputSize, rank, a } = group;
  const adapted = lora !== null && a !== null;
  lowForward(context, linear, lora);
  context.gemm.run({
    kind: 'NT',
    rows,
    columns: outputSize,
    depth: inputSize,
    a: dense(x, inputSize),
    b: frozen.weight.matrix,
    out: dense(y, outputSize),
    ...(frozen.bias === null ? {} : { bias: frozen.bias }),
    ...(adapted ? { tail: { depth: rank, a: dense(low, rank), b: dense(lora.blocks.of(linear.layer, linear.key), rank) } } : {}),
    ...(residual === undefined ? {} : { residual: dense(residual, outputSize) }),
  });
}

/**
 * With g = scale·dY·B: dx = dY·W + g·A, dA += gᵀ·x, dB += scale·dYᵀ·(A·x).
 * Gradients are added, since a step may run the decoder twice. If nothing below is trained, `dx` is null and not computed. Without an arm
 * (`lora` null) dx = dY·W is all there is.
 */
export function linearBackward(
  context: Context,
  linear: AdaptedLinear,
  lora: { readonly parameters: FlatViews; readonly blocks: LoraBlocks; readonly gradients: FlatViews } | null,
  { dy, dLow, dx }: { readonly dy: Tensor; readonly dLow: Tensor; readonly dx: Tensor | null },
): void {
  const { rows, group, frozen, x, low } = linear;
  const { inputSize, outputSize, rank, a } = group;
  if (a !== null && lora !== null) {
    context.gemm.run({
      kind: 'NN',
      rows,
      columns: rank,
      depth: outputSize,
      a: dense(dy, outputSize),
      b: dense(lora.blocks.of(linear.layer, linear.key), rank),
      out: dense(dLow, rank),
    });
    context.gemm.run({
      kind: 'TN',
      rows: rank,
      columns: inputSize,
      depth: rows,
      a: dense(dLow, rank),
      b: dense(x, inputSize),
      out: dense(lora.gradients.slot(a), inputSize),
      accumulate: true,
    });
    for (const { b, firstRow, firstColumn } of group.targets) {
      context.gemm.run({
        kind: 'TN',
        rows: b.rows,
        columns: b.columns,
        depth: rows,
        a: dense(dy, outputSize, firstRow),
        b: dense(low, rank, firstColumn),
        out: dense(lora.gradients.slot(b), b.columns),
        alpha: lora.blocks.scale,
        accumulate: true,
      });
    }
  }
  if (dx === null) return;
  context.gemm.run({
    kind: 'NN',
    rows,
    columns: inputSize,
    depth: outputSize,
    a: dense(dy, outputSize),
    b: frozen.weight.matrix,
    out: dense(dx, inputSize),
    ...(a === null || lora === null
      ? {}
      : { tail: { depth: rank, a: dense(dLow, rank), b: dense(lora.parameters.slot(a), inputSize) } }),
  });
}
