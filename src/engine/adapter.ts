/**
 * An arm's parameters on the GPU, seen through the layout; and the linear layer y = W·x (+ b) +
 * scale·B·(A·x), forward and backward.
 */
import { view, type Tensor } from '../gpu/tensor';
import type { Context } from './context';
import type { Matrix } from './gemm/gemm';
import type { FrozenLinear, FrozenWeights } from './decoder/frozenWeights';
import {
  alignedFloats,
  slotOf,
  type GroupKey,
  type LoraGroup,
  type LoraLayer,
  type ParameterLayout,
  type Slot,
} from './parameters';

/** Views of the parameters in a flat buffer, made once. */
export class FlatViews {
  private readonly views = new Map<string, Tensor>();

  constructor(
    readonly flat: Tensor,
    private readonly layout: Pick<ParameterLayout, 'slots'>,
  ) {}

  /**
   * The parameter of that name in docs/method.md. Its offset must be aligned: a whole slot, not one of a
   * stack.
   */
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

/** Most workgroups that copy one B matrix. */
const PLACING_GROUPS = 1024;

/** Floats of an arm's merged matrices up to which there are any: 64 MB. */
const MOST_MERGED = 2 ** 24;

/**
 * An arm's LoRA as products read it, refreshed from its parameters before its pass: the B matrices of every
 * group, block-diagonal and scaled, and, if weights are stored in f32 and are few enough, W + scale·B·A.
 * Merged matrices take the place of W in both directions, so that the low-rank part costs something once per
 * refresh, not per row.
 */
export class LoraBlocks {
  /** All blocks, one after another, and where each begins. */
  private readonly placed: Tensor;
  private readonly blocks: readonly Readonly<Record<GroupKey, Tensor>>[];
  /** (from, rows, columns, to, row step, column step) of every B. */
  private readonly matrices: Tensor;
  private readonly sizes: { readonly matrices: number; readonly largest: number };
  /** [outputSize, inputSize] of every adapted group; null where the low-rank part is a product of its own. */
  private readonly merged: readonly Partial<Readonly<Record<GroupKey, Tensor>>>[] | null;
  private scaled: number;

  /** @param weights that the arm adapts */
  constructor(
    private readonly context: Context,
    private readonly layout: ParameterLayout,
    private readonly weights: FrozenWeights,
  ) {
    this.scaled = layout.loraScale;
    const { memory } = context;
    const merges = mergeable(layout, weights);
    let size = 0;
    const matrices: number[][] = [];
    const begins = layout.lora.map((groups) =>
      byGroup(groups, ({ rank, outputSize, targets }) => {
        const begin = size;
        size += alignedFloats(rank * outputSize);
        const [rowStep, columnStep] = merges ? [1, outputSize] : [rank, 1];
        for (const { b, firstRow, firstColumn } of targets) {
          const to = begin + firstRow * rowStep + firstColumn * columnStep;
          matrices.push([b.offset, b.rows, b.columns, to, rowStep, columnStep]);
        }
        return begin;
      }),
    );
    const placed = memory.tensor(size, 'B of all projections');
    this.placed = placed;
    this.blocks = layout.lora.map((groups, layer) =>
      byGroup(groups, ({ rank, outputSize }, key) => view(placed, begins[layer]![key], rank * outputSize)),
    );
    this.matrices = memory.upload(Uint32Array.from(matrices.flat()), 'places of B');
    const elements = matrices.map(([, rows, columns]) => rows! * columns!);
    this.sizes = { matrices: matrices.length, largest: Math.max(0, ...elements) };
    this.merged = merges
      ? layout.lora.map((groups, layer) =>
          Object.fromEntries(
            adaptedGroups(groups).map(([key, { outputSize, inputSize }]) => [
              key,
              memory.tensor(outputSize * inputSize, `W + B·A ${key} ${layer}`),
            ]),
          ),
        )
      : null;
  }

  /**
   * scale·B in the blocks of a group, zero elsewhere: [rank, outputSize] where matrices are merged, else
   * [outputSize, rank].
   */
  of(layer: number, key: GroupKey): Tensor {
    return this.blocks[layer]![key];
  }

  /** W + scale·B·A [outputSize, inputSize] of a group; null if it is not adapted, or not merged. */
  mergedOf(layer: number, key: GroupKey): Tensor | null {
    return this.merged?.[layer]![key] ?? null;
  }

  /** The factor of B: alpha / rank of the arm that was copied last. */
  get scale(): number {
    return this.scaled;
  }

  /**
   * Queues a copy of an arm's B matrices, multiplied by its scale, into the blocks, and merges its LoRA into
   * the weights.
   */
  refresh(parameters: FlatViews, scale = this.layout.loraScale): void {
    this.scaled = scale;
    const { matrices, largest } = this.sizes;
    if (matrices === 0) return;
    const { kernels, recorder } = this.context;
    recorder.dispatch({
      kernel: kernels.file('place_blocks'),
      storage: { matrices: this.matrices, parameters: parameters.flat, blocks: this.placed },
      params: { scale },
      workgroups: [Math.min(PLACING_GROUPS, Math.ceil(largest / 64)), matrices, 1],
    });
    this.layout.lora.forEach((groups, layer) => {
      for (const [key, group] of adaptedGroups(groups)) this.merge(parameters, layer, key, group);
    });
  }

  private merge(parameters: FlatViews, layer: number, key: GroupKey, { rank, outputSize, inputSize, a }: LoraGroup): void {
    const out = this.mergedOf(layer, key);
    if (out === null) return;
    this.context.gemm.run({
      kind: 'TN',
      rows: outputSize,
      columns: inputSize,
      depth: rank,
      a: dense(this.of(layer, key), outputSize),
      b: dense(parameters.slot(a!), inputSize),
      out: dense(out, inputSize),
      residual: this.weights.blocks[layer]![key].weight.matrix,
    });
  }
}

function byGroup<Of>(groups: LoraLayer, of: (group: LoraGroup, key: GroupKey) => Of): Readonly<Record<GroupKey, Of>> {
  const [qkv, o] = [of(groups.qkv, 'qkv'), of(groups.o, 'o')];
  return { qkv, o, gateUp: of(groups.gateUp, 'gateUp'), down: of(groups.down, 'down') };
}

function adaptedGroups(groups: LoraLayer): [GroupKey, LoraGroup][] {
  return (Object.keys(groups) as GroupKey[])
    .map((key): [GroupKey, LoraGroup] => [key, groups[key]])
    .filter(([, { a }]) => a !== null);
}

/** Whether an arm's LoRA is merged into the weights. */
function mergeable({ lora }: ParameterLayout, { blocks }: FrozenWeights): boolean {
  const adapted = lora.flatMap((groups, layer) => adaptedGroups(groups).map(([key]) => blocks[layer]![key].weight));
  const floats = adapted.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  return floats <= MOST_MERGED && adapted.every(({ format, matrix }) => format === 'f32' && matrix.shards === undefined);
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
  /** Room for A·x [rows, rank]. */
  readonly low: Tensor;
}

function dense(tensor: Tensor, stride: number, offset = 0): Matrix {
  return { tensor, stride, offset };
}

/** W, or W + scale·B·A in its place, with which products are computed as with W. */
function weightOf({ weight }: FrozenLinear, merged: Tensor | null, inputSize: number): Matrix {
  return merged === null ? weight.matrix : { ...dense(merged, inputSize), f16: weight.matrix.f16 === true };
}

/** A·x → linear.low. @param a the stacked A matrices */
function lowForward(context: Context, { rows, group, x, low }: AdaptedLinear, a: Tensor): void {
  const { inputSize, rank } = group;
  context.gemm.run({
    kind: 'NT',
    rows,
    columns: rank,
    depth: inputSize,
    a: dense(x, inputSize),
    b: dense(a, inputSize),
    out: dense(low, rank),
  });
}

/** y = W·x (+ b) + scale·B·(A·x) (+ residual). */
export function linearForward(
  context: Context,
  linear: AdaptedLinear,
  lora: { readonly parameters: FlatViews; readonly blocks: LoraBlocks } | null,
  { y, residual }: { readonly y: Tensor; readonly residual?: Tensor | undefined },
): void {
  const { rows, layer, key, group, frozen, x, low } = linear;
  const { inputSize, outputSize, rank, a } = group;
  const merged = lora?.blocks.mergedOf(layer, key) ?? null;
  const tailed = lora !== null && a !== null && merged === null;
  if (tailed) lowForward(context, linear, lora.parameters.slot(a));
  context.gemm.run({
    kind: 'NT',
    rows,
    columns: outputSize,
    depth: inputSize,
    a: dense(x, inputSize),
    b: weightOf(frozen, merged, inputSize),
    out: dense(y, outputSize),
    ...(frozen.bias === null ? {} : { bias: frozen.bias }),
    ...(tailed ? { tail: { depth: rank, a: dense(low, rank), b: dense(lora.blocks.of(layer, key), rank) } } : {}),
    ...(residual === undefined ? {} : { residual: dense(residual, outputSize) }),
  });
}

/**
 * With g = scale·dY·B: dx = dY·W + g·A, dA += gᵀ·x, dB += scale·dYᵀ·(A·x). Gradients are added, since a step
 * may run the decoder twice. If nothing below is trained, `dx` is null and not computed. Without an arm
 * (`lora` null) dx = dY·W is all there is.
 */
export function linearBackward(
  context: Context,
  linear: AdaptedLinear,
  lora: { readonly parameters: FlatViews; readonly blocks: LoraBlocks; readonly gradients: FlatViews } | null,
  { dy, dLow, dx }: { readonly dy: Tensor; readonly dLow: Tensor; readonly dx: Tensor | null },
): void {
  const { rows, layer, key, group, frozen, x, low } = linear;
  const { inputSize, outputSize, rank, a } = group;
  const merged = lora?.blocks.mergedOf(layer, key) ?? null;
  if (a !== null && lora !== null) {
    lowForward(context, linear, lora.parameters.slot(a));
    context.gemm.run({
      kind: merged === null ? 'NN' : 'NT',
      rows,
      columns: rank,
      depth: outputSize,
      a: dense(dy, outputSize),
      b: dense(lora.blocks.of(layer, key), merged === null ? rank : outputSize),
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
  const tailed = lora !== null && a !== null && merged === null;
  context.gemm.run({
    kind: 'NN',
    rows,
    columns: inputSize,
    depth: outputSize,
    a: dense(dy, outputSize),
    b: weightOf(frozen, merged, inputSize),
    out: dense(dx, inputSize),
    ...(tailed ? { tail: { depth: rank, a: dense(dLow, rank), b: dense(lora.parameters.slot(a), inputSize) } } : {}),
  });
}
