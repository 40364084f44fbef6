/**
 * The decoder over packed rows, forward and backward. Reads top to bottom like the equations in docs/definitions.md; every line queues one
 * kernel or one product, or nothing where the model's config does not have that part.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import { usablePositions } from '../../model/rope';
import { groupInput, LOW_OF, type Activations, type BackwardScratch, type BlockActivations } from './activations';
import { linearBackward, linearForward, lowForward, type AdaptedLinear, type FlatViews, type LoraBlocks } from '../adapter';
import { Attention } from './attention';
import { dispatchLinear, fill, vectorPrelude, vectorWidth, type Context } from '../context';
import type { FrozenWeights } from './frozenWeights';
import { MlpActivation } from './mlp';
import { HeadNorms, Norms, type FrozenNorm } from './norms';
import type { GroupKey, ParameterLayout } from '../parameters';
import { Rotary } from './rotary';
import type { PackedRows } from './sequence';
import { readerPrelude } from '../gemm/weightMatrix';

/** What an arm brings to a pass; null is the base model. */
export interface ArmViews {
  readonly parameters: FlatViews;
  readonly blocks: LoraBlocks;
}

/** Where input rows come from beside the vocabulary: item or soft tokens, and the trainable vectors. */
export interface InputRows {
  readonly dense: Tensor;
  readonly learned: Tensor;
}

export class Decoder {
  readonly config: DecoderConfig;
  private readonly norms: Norms;
  private readonly headNorms: HeadNorms;
  private readonly rotary: Rotary;
  private readonly attention: Attention;
  private readonly activation: MlpActivation;
  /** The block whose values the shared buffers hold, as far as queued. */
  private shared: BlockActivations | null = null;

  constructor(
    private readonly context: Context,
    readonly weights: FrozenWeights,
    private readonly layout: ParameterLayout,
  ) {
    this.config = weights.config;
    this.norms = new Norms(context, this.config);
    this.headNorms = new HeadNorms(context, this.config);
    this.rotary = new Rotary(context, this.config);
    this.attention = new Attention(context, this.config);
    this.activation = new MlpActivation(context, this.config);
  }

  /** Uploads which rows a pass runs on. @throws RangeError when they do not fit, or a sequence is longer than the model's positions. */
  load(pass: Activations, packed: PackedRows): void {
    if (packed.rows > pass.capacity) throw new RangeError(`${packed.rows} rows do not fit into ${pass.capacity}`);
    const positions = usablePositions(this.config);
    for (let row = 0; row < packed.rows; row++) {
      if (packed.info[4 * row + 2]! >= positions) throw new RangeError(`a sequence has more than ${positions} positions`);
    }
    write(this.context.memory.device, pass.info, packed.info);
    write(this.context.memory.device, pass.source, packed.source);
  }

  /**
   * Rows → `pass.hidden`. `afterBlock` may queue work on a block's buffers, which later blocks may overwrite.
   */
  forward(
    pass: Activations,
    rows: number,
    inputs: InputRows,
    arm: ArmViews | null,
    afterBlock: (block: BlockActivations, layer: number) => void = () => undefined,
  ): void {
    this.context.recorder.scope('decoder forward', () => {
      this.lowerForward(pass, rows, this.config.layers, inputs, arm, afterBlock);
      this.upperForward(pass, rows, this.config.layers, arm);
    });
  }

  /** `forward` up to the input of block `end`. */
  lowerForward(
    pass: Activations,
    rows: number,
    end: number,
    inputs: InputRows,
    arm: ArmViews | null,
    afterBlock: (block: BlockActivations, layer: number) => void = () => undefined,
  ): void {
    this.assemble(pass, rows, inputs);
    pass.blocks.slice(0, end).forEach((block, layer) => {
      this.blockForward(pass, rows, layer, arm);
      afterBlock(block, layer);
    });
  }

  /** `forward` from the input of block `from` on. */
  upperForward(pass: Activations, rows: number, from: number, arm: ArmViews | null): void {
    for (let layer = from; layer < this.config.layers; layer++) this.blockForward(pass, rows, layer, arm);
    this.norms.forward(rows, this.weights.finalNorm, pass.last, pass.hidden, pass.lastMoments);
  }

  /** Input rows: vocabulary rows, item or soft tokens, trainable vectors; learned positions are added to all of them. */
  private assemble(pass: Activations, rows: number, inputs: InputRows): void {
    const { context, weights } = this;
    const { hidden, embeddingScale } = this.config;
    const x = pass.blocks[0]!.input;
    const vectors = (rows * hidden) / vectorWidth(hidden);
    const rowVectors = context.kernels.file('assemble', readerPrelude(weights.embedding, 'vocabulary', 6));
    const { tensor: vocabulary, scales } = weights.embedding.matrix;
    dispatchLinear(
      context,
      rowVectors,
      {
        source: pass.source,
        vocabulary,
        ...(scales === undefined ? {} : { vocabulary_scales: scales }),
        ...inputs,
        x,
      },
      { rows, scale: embeddingScale },
      vectors,
      64,
    );
    if (weights.positions === null) return;
    const kernel = context.kernels.file('add_positions', vectorPrelude(hidden));
    dispatchLinear(context, kernel, { rows_info: pass.info, table: weights.positions, x }, { rows }, vectors, 64);
  }

  /**
   * One block, from its input to the next one's. Run again for the backward pass it stops short of its output, which is there, unless the
   * MLP's output is wanted on the way.
   */
  private blockForward(pass: Activations, rows: number, layer: number, arm: ArmViews | null, again = false): void {
    const { context } = this;
    const block = pass.blocks[layer]!;
    const next = pass.blocks[layer + 1]?.input ?? pass.last;
    const frozen = this.weights.blocks[layer]!;
    const project = (key: GroupKey, y: Tensor, residual?: Tensor): void => {
      context.recorder.scope(key, () => {
        linearForward(context, this.linear(pass, rows, layer, key), arm, y, residual);
      });
    };
    /** y = residual + W·x, or residual + norm(W·x) with `out` holding W·x for the norm's backward pass. */
    const join = (key: GroupKey, norm: FrozenNorm | null, out: Tensor, moments: Tensor, residual: Tensor, y: Tensor): void => {
      if (norm === null) {
        project(key, y, residual);
        return;
      }
      project(key, out);
      this.norms.forward(rows, norm, out, y, moments, residual);
    };
    context.recorder.scope(`layer ${layer + 1}`, () => {
      this.norms.forward(rows, frozen.inputNorm, block.input, block.inputNormed, block.inputMoments);
      project('qkv', block.qkv);
      if (frozen.headGains !== null) this.headNorms.forward(rows, frozen.headGains, block.qkv, block.rawHeads);
      this.rotary.turn(pass.info, rows, layer, block.qkv, 1);
      this.attention.forward(pass, rows, layer, block);
      join('o', frozen.attentionNorm, block.attentionOut, block.attentionOutMoments, block.input, block.middle);
      this.norms.forward(rows, frozen.postNorm, block.middle, block.middleNormed, block.middleMoments);
      project('gateUp', block.gateUp);
      this.activation.forward(rows, block.gateUp, block.inner);
      if (again && frozen.mlpNorm === null) lowForward(context, this.linear(pass, rows, layer, 'down'), arm);
      else join('down', frozen.mlpNorm, block.mlpOut, block.mlpOutMoments, block.middle, next);
    });
    if (!block.kept) this.shared = block;
  }

  /**
   * Gradient of `pass.hidden` (in `dHidden`) → LoRA gradients (added) of the blocks that the pass reaches, and the gradient of its input
   * rows, if wanted, in `scratch.residual`. Through the base model (`arm` null) the latter alone.
   */
  backward(
    pass: Activations,
    rows: number,
    dHidden: Tensor,
    scratch: BackwardScratch,
    arm: ArmViews | null,
    gradients: FlatViews,
  ): void {
    const { context, weights, config } = this;
    context.recorder.scope('decoder backward', () => {
      fill(context, scratch.residual, rows * config.hidden);
      this.norms.backward(rows, weights.finalNorm, pass.last, pass.lastMoments, dHidden, scratch.residual, 'add');
      for (let layer = config.layers - 1; layer >= pass.reach.lowest; layer--) {
        const block = pass.blocks[layer]!;
        if (!block.kept && this.shared !== block) this.blockForward(pass, rows, layer, arm, true);
        this.blockBackward(pass, rows, layer, scratch, arm && { ...arm, gradients });
      }
    });
  }

  /** Gradient of a block's output → that of its input, both in `scratch.residual`. */
  private blockBackward(
    pass: Activations,
    rows: number,
    layer: number,
    scratch: BackwardScratch,
    lora: (ArmViews & { readonly gradients: FlatViews }) | null,
  ): void {
    const { context, norms } = this;
    const block = pass.blocks[layer]!;
    const frozen = this.weights.blocks[layer]!;
    const back = (key: GroupKey, dy: Tensor, dx: Tensor | null): void => {
      const linear = this.linear(pass, rows, layer, key);
      context.recorder.scope(key, () => {
        linearBackward(context, linear, lora, dy, scratch.low, dx, lora?.blocks.scale ?? 1);
      });
    };
    /** Gradient of what was added to the residual stream → that of the projection's output. */
    const leave = (norm: FrozenNorm | null, out: Tensor, moments: Tensor): Tensor => {
      if (norm === null) return scratch.residual;
      norms.backward(rows, norm, out, moments, scratch.residual, scratch.normed, 'replace');
      return scratch.normed;
    };
    context.recorder.scope(`layer ${layer + 1}`, () => {
      back('down', leave(frozen.mlpNorm, block.mlpOut, block.mlpOutMoments), scratch.inner);
      this.activation.backward(rows, block.gateUp, scratch.inner, scratch.gateUp);
      back('gateUp', scratch.gateUp, scratch.normed);
      norms.backward(rows, frozen.postNorm, block.middle, block.middleMoments, scratch.normed, scratch.residual, 'add');
      back('o', leave(frozen.attentionNorm, block.attentionOut, block.attentionOutMoments), scratch.attention);
      this.attention.backward(pass, rows, layer, block, scratch);
      this.rotary.turn(pass.info, rows, layer, scratch.qkv, -1);
      if (frozen.headGains !== null) this.headNorms.backward(rows, frozen.headGains, block.rawHeads, scratch.qkv);
      const { lowest, input } = pass.reach;
      const goesOn = layer > lowest || input;
      back('qkv', scratch.qkv, goesOn ? scratch.normed : null);
      if (!goesOn) return;
      norms.backward(rows, frozen.inputNorm, block.input, block.inputMoments, scratch.normed, scratch.residual, 'add');
    });
  }

  /**
   * Writes a block's attention for `sequences` sequences of one `length` into `map` [sequences, layers, heads, length, length]. To be called
   * from `afterBlock` of `forward`.
   */
  attentionMap(block: BlockActivations, layer: number, sequences: number, length: number, map: Tensor): void {
    this.attention.map(block, layer, sequences, length, map);
  }

  private linear(pass: Activations, rows: number, layer: number, key: GroupKey): AdaptedLinear {
    const block = pass.blocks[layer]!;
    const frozen = this.weights.blocks[layer]![key];
    const [x, low] = [groupInput(block, key), block[LOW_OF[key]]];
    return { rows, layer, key, group: this.layout.lora[layer]![key], frozen, x, low };
  }
}
