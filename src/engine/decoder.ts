/**
 * The Llama-style decoder over packed rows, forward and backward. Reads top to bottom like the equations in
 * docs/definitions.md; every line queues one kernel or one product.
 */
import { write, type Tensor } from '../gpu/tensor';
import type { DecoderConfig } from '../model/decoderConfig';
import { rotations, usablePositions } from '../model/rope';
import { groupInput, LOW_OF, type Activations, type BackwardScratch, type BlockActivations } from './activations';
import { linearBackward, linearForward, lowForward, type AdaptedLinear, type FlatViews, type LoraBlocks } from './adapter';
import { Attention } from './attention';
import { dispatchLinear, elementPrelude, fill, vectorPrelude, vectorWidth, type Context } from './context';
import type { FrozenWeights } from './frozenWeights';
import type { GroupKey, ParameterLayout } from './parameters';
import type { PackedRows } from './sequence';
import { readerPrelude } from './weightMatrix';

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
  private readonly attention: Attention;
  private readonly rotations: Tensor;
  /** The block whose values the shared buffers hold, as far as queued. */
  private shared: BlockActivations | null = null;

  constructor(
    private readonly context: Context,
    readonly weights: FrozenWeights,
    private readonly layout: ParameterLayout,
  ) {
    this.config = weights.config;
    this.attention = new Attention(context, this.config);
    this.rotations = context.memory.upload(rotationTable(this.config), 'rotations');
  }

  /** Uploads which rows a pass runs on. @throws RangeError when they do not fit, or a sequence is longer than the model's positions. */
  load(pass: Activations, packed: PackedRows): void {
    if (packed.rows > pass.capacity) throw new RangeError(`${packed.rows} rows do not fit into ${pass.capacity}`);
    for (let row = 0; row < packed.rows; row++) {
      const position = packed.info[4 * row + 2]!;
      if (position >= usablePositions(this.config))
        throw new RangeError(`a sequence has more than ${usablePositions(this.config)} positions`);
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
    this.norm(rows, pass.last, this.weights.finalNorm, pass.hidden, pass.lastRms);
  }

  /** Input rows: vocabulary rows, item or soft tokens, trainable vectors. */
  private assemble(pass: Activations, rows: number, inputs: InputRows): void {
    const { context, weights } = this;
    const { hidden } = this.config;
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
        x: pass.blocks[0]!.input,
      },
      { rows },
      (rows * hidden) / vectorWidth(hidden),
      64,
    );
  }

  /** One block, from its input to the next one's. Run again for the backward pass it stops short of its output, which is there. */
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
    context.recorder.scope(`layer ${layer + 1}`, () => {
      this.norm(rows, block.input, frozen.inputNorm, block.inputNormed, block.inputRms);
      project('qkv', block.qkv);
      this.rotate(pass, rows, block.qkv, 1);
      this.attention.forward(pass, rows, block);
      project('o', block.middle, block.input);
      this.norm(rows, block.middle, frozen.postNorm, block.middleNormed, block.middleRms);
      project('gateUp', block.gateUp);
      this.swiglu('swiglu_forward', rows, { gate_up: block.gateUp, y: block.swiglu });
      if (again) lowForward(context, this.linear(pass, rows, layer, 'down'), arm);
      else project('down', next, block.middle);
    });
    if (!block.kept) this.shared = block;
  }

  /**
   * Gradient of `pass.hidden` (in `dHidden`) → LoRA gradients (added) of the blocks that the pass reaches, and the gradient of its input
   * rows, if wanted, in `scratch.residual`.
   */
  backward(
    pass: Activations,
    rows: number,
    dHidden: Tensor,
    scratch: BackwardScratch,
    arm: ArmViews,
    gradients: FlatViews,
  ): void {
    const { context, weights, config } = this;
    context.recorder.scope('decoder backward', () => {
      fill(context, scratch.residual, rows * config.hidden);
      this.normBackward(rows, pass.last, weights.finalNorm, pass.lastRms, dHidden, scratch.residual);
      for (let layer = config.layers - 1; layer >= pass.reach.lowest; layer--) {
        const block = pass.blocks[layer]!;
        if (!block.kept && this.shared !== block) this.blockForward(pass, rows, layer, arm, true);
        this.blockBackward(pass, rows, layer, scratch, { ...arm, gradients });
      }
    });
  }

  /** Gradient of a block's output → that of its input, both in `scratch.residual`. */
  private blockBackward(
    pass: Activations,
    rows: number,
    layer: number,
    scratch: BackwardScratch,
    lora: ArmViews & { readonly gradients: FlatViews },
  ): void {
    const { context } = this;
    const block = pass.blocks[layer]!;
    const frozen = this.weights.blocks[layer]!;
    const back = (key: GroupKey, dy: Tensor, dx: Tensor | null): void => {
      const linear = this.linear(pass, rows, layer, key);
      context.recorder.scope(key, () => {
        linearBackward(context, linear, lora, dy, scratch.low, dx, this.layout.loraScale);
      });
    };
    context.recorder.scope(`layer ${layer + 1}`, () => {
      back('down', scratch.residual, scratch.swiglu);
      this.swiglu('swiglu_backward', rows, { gate_up: block.gateUp, dy: scratch.swiglu, d_gate_up: scratch.gateUp });
      back('gateUp', scratch.gateUp, scratch.normed);
      this.normBackward(rows, block.middle, frozen.postNorm, block.middleRms, scratch.normed, scratch.residual);
      back('o', scratch.residual, scratch.attention);
      this.attention.backward(pass, rows, block, scratch);
      this.rotate(pass, rows, scratch.qkv, -1);
      const { lowest, input } = pass.reach;
      const goesOn = layer > lowest || input;
      back('qkv', scratch.qkv, goesOn ? scratch.normed : null);
      if (goesOn) this.normBackward(rows, block.input, frozen.inputNorm, block.inputRms, scratch.normed, scratch.residual);
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
    const weight = this.weights.blocks[layer]![key];
    const [x, low] = [groupInput(block, key), block[LOW_OF[key]]];
    return { rows, layer, key, group: this.layout.lora[layer]![key], weight, x, low };
  }

  private norm(rows: number, x: Tensor, gain: Tensor, y: Tensor, rms: Tensor): void {
    const kernel = this.context.kernels.file('rmsnorm_forward', vectorPrelude(this.config.hidden));
    dispatchLinear(this.context, kernel, { x, gain, y, rms }, { rows, epsilon: this.config.normEpsilon }, rows, 16);
  }

  private normBackward(rows: number, x: Tensor, gain: Tensor, rms: Tensor, dy: Tensor, dx: Tensor): void {
    const kernel = this.context.kernels.file('rmsnorm_backward', vectorPrelude(this.config.hidden));
    dispatchLinear(this.context, kernel, { x, gain, rms, dy, dx }, { rows }, rows, 16);
  }

  private swiglu(name: 'swiglu_forward' | 'swiglu_backward', rows: number, storage: Readonly<Record<string, Tensor>>): void {
    const { intermediate } = this.config;
    const { prelude, width } = elementPrelude(intermediate);
    const kernel = this.context.kernels.file(name, prelude);
    dispatchLinear(this.context, kernel, storage, { rows, width: intermediate / width }, (rows * intermediate) / width, 64);
  }

  private rotate(pass: Activations, rows: number, qkv: Tensor, direction: 1 | -1): void {
    const { heads, kvHeads, headSize } = this.config;
    const { prelude, width } = elementPrelude(headSize / 2);
    const half = headSize / 2 / width;
    const rotated = heads + kvHeads;
    dispatchLinear(
      this.context,
      this.context.kernels.file('rope', prelude),
      { rows_info: pass.info, table: this.rotations, qkv },
      { rows, heads: rotated, half, stride: (heads + 2 * kvHeads) * 2 * half, direction },
      rows * rotated * half,
      64,
    );
  }
}

/** Angles of every position: cosines of all frequencies, then sines: [usablePositions, headSize]. */
function rotationTable(config: DecoderConfig): Float32Array {
  const { headSize } = config;
  const half = headSize / 2;
  const { cos, sin } = rotations(headSize, config.ropes[0]!, usablePositions(config));
  const table = new Float32Array(2 * cos.length);
  for (let at = 0; at < cos.length; at += half) {
    table.set(cos.subarray(at, at + half), 2 * at);
    table.set(sin.subarray(at, at + half), 2 * at + half);
  }
  return table;
}
