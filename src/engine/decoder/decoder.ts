/**
 * The decoder over packed rows, forward and backward. Reads from top to bottom like the equations in
 * docs/method.md: every line queues one kernel or one product, or nothing if the model's config does not have
 * that part.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import { usablePositions } from '../../model/rope';
import { groupInput, type Activations, type BackwardScratch, type BlockActivations } from './activations';
import { linearBackward, linearForward, type AdaptedLinear, type FlatViews, type LoraBlocks } from '../adapter';
import { Attention, type LayerRows, type MapShape } from './attention';
import type { Context } from '../context';
import { dispatchRows, fill, vectorsOf } from '../rows/rows';
import type { WantedRows } from './wantedRows';
import { matricesOf, type FrozenWeights } from './frozenWeights';
import { MlpActivation } from './mlp';
import type { KeptKeys } from './keptKeys';
import { HeadNorms, Norms, type FrozenNorm } from './norms';
import type { GroupKey, ParameterLayout } from '../parameters';
import { Rotary } from './rotary';
import type { PassRows } from './sequence';
import type { EditedKeys } from './editedKeys';
import { shardsOf } from '../gemm/gemmCall';
import { readerPrelude } from '../gemm/weightMatrix';

/** What an arm contributes to a pass; null is the base model. */
export interface ArmViews {
  readonly parameters: FlatViews;
  readonly blocks: LoraBlocks;
}

/** A pass over the rows that are loaded into it, and the arm that runs it (null: the base model). */
export interface LoadedPass {
  readonly pass: Activations;
  readonly rows: number;
  readonly arm: ArmViews | null;
  /**
   * Where keys and values are kept for rows that come later, if any; with `newest` every row is the newest of
   * a sequence whose others are kept.
   */
  readonly kept?: { readonly keys: KeptKeys; readonly newest: boolean };
  /**
   * The rows whose hidden states alone are read, if not all are: `pass.hidden` holds theirs, in that order.
   * Such a pass has no backward pass.
   */
  readonly wanted?: WantedRows | undefined;
  /** What is done to attention, if anything. Such a pass has no backward pass. */
  readonly edited?: EditedKeys | undefined;
}

/** A block's buffers, and how many rows of them. */
interface BlockRows {
  readonly rows: number;
  readonly block: BlockActivations;
  readonly layer: number;
}

/** A layer whose attention has been differentiated. */
export interface AttendedLayer {
  readonly at: LayerRows;
  readonly block: BlockActivations;
}

/** The sources of input rows other than the vocabulary: item or soft tokens, and the trainable vectors. */
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
  /** The block whose values the shared buffers will hold once all queued work has run. */
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
    for (const { format } of matricesOf(weights)) context.gemm.reserve(format);
  }

  /**
   * Uploads which rows a pass runs on.
   * @throws RangeError when they do not fit, or a sequence is longer than the model's positions.
   */
  load(pass: Activations, packed: PassRows): void {
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
    run: LoadedPass,
    inputs: InputRows,
    afterBlock: (block: BlockActivations, layer: number) => void = () => undefined,
  ): void {
    this.context.recorder.scope('decoder forward', () => {
      this.lowerForward(run, this.config.layers, inputs, afterBlock);
      this.upperForward(run, this.config.layers);
    });
  }

  /** `forward` up to the input of block `end`. */
  lowerForward(
    run: LoadedPass,
    end: number,
    inputs: InputRows,
    afterBlock: (block: BlockActivations, layer: number) => void = () => undefined,
  ): void {
    this.assemble(run, inputs);
    run.pass.blocks.slice(0, end).forEach((block, layer) => {
      this.blockForward(run, layer);
      afterBlock(block, layer);
    });
  }

  /** `forward` from the input of block `from` on. */
  upperForward(run: LoadedPass, from: number): void {
    const { pass, rows } = run;
    for (let layer = from; layer < this.config.layers; layer++) this.blockForward(run, layer);
    const read = run.wanted?.count ?? rows;
    this.norms.forward(read, this.weights.finalNorm, { x: pass.last, y: pass.hidden, moments: pass.lastMoments });
  }

  /**
   * Input rows: vocabulary rows, item or soft tokens, trainable vectors; learned positions are added to all
   * of them.
   */
  private assemble({ pass, rows }: LoadedPass, inputs: InputRows): void {
    const { context, weights } = this;
    const { hidden, embeddingScale } = this.config;
    const x = pass.blocks[0]!.input;
    const threads = vectorsOf({ rows, size: hidden });
    const rowVectors = context.kernels.file('assemble', readerPrelude(weights.embedding, 'vocabulary', 6));
    for (const { tensor: vocabulary, scales, first, rows: count } of shardsOf(weights.embedding.matrix)) {
      context.recorder.dispatch({
        kernel: rowVectors,
        storage: {
          source: pass.source,
          vocabulary,
          ...(scales === undefined ? {} : { vocabulary_scales: scales }),
          ...inputs,
          x,
        },
        params: { rows, scale: embeddingScale, first, count },
        threads,
      });
    }
    if (weights.positions === null) return;
    const storage = { rows_info: pass.info, table: weights.positions, x };
    dispatchRows(context, 'add_positions', { rows, size: hidden }, { storage });
  }

  /**
   * One block, from its input to the next one's. When run again for the backward pass it stops short of its
   * output, which is already there, unless the MLP's output is needed on the way.
   */
  private blockForward(run: LoadedPass, layer: number, again = false): void {
    const { context } = this;
    const { pass, rows, kept, wanted, edited } = run;
    const at = { info: pass.info, rows, layer };
    const block = pass.blocks[layer]!;
    const frozen = this.weights.blocks[layer]!;
    const { qkv } = block;
    const narrow = wanted !== undefined && layer + 1 === this.config.layers;
    context.recorder.scope(`layer ${layer + 1}`, () => {
      this.norms.forward(rows, frozen.inputNorm, { x: block.input, y: block.inputNormed, moments: block.inputMoments });
      this.project(run, { rows, block, layer }, 'qkv', qkv);
      if (frozen.headGains !== null) this.headNorms.forward(rows, { gains: frozen.headGains, qkv, raw: block.rawHeads });
      this.rotary.turn(at, qkv, 1);
      kept?.keys.keep(at, block);
      if (kept?.newest === true) kept.keys.attend(at, block);
      else if (edited !== undefined) edited.attend(at, block);
      else this.attention.forward(at, block);
      // No row of the last block reads another's output.
      const read = narrow ? { rows: wanted.count, block: wanted.gather(block) } : { rows, block };
      this.afterAttention(run, { ...read, layer }, again);
    });
    if (narrow) this.shared = null;
    else if (!block.kept) this.shared = block;
  }

  /** The part of a block in which no row reads another: from attention's output to the next block's input. */
  private afterAttention(run: LoadedPass, at: BlockRows, again: boolean): void {
    const { pass } = run;
    const { rows, block, layer } = at;
    const next = pass.blocks[layer + 1]?.input ?? pass.last;
    const frozen = this.weights.blocks[layer]!;
    /** y = residual + W·x, or residual + norm(W·x) with `out` holding W·x for the norm's backward pass. */
    const join = (
      key: GroupKey,
      norm: FrozenNorm | null,
      { out, moments, residual, y }: Readonly<Record<'out' | 'moments' | 'residual' | 'y', Tensor>>,
    ): void => {
      if (norm === null) {
        this.project(run, at, key, y, residual);
        return;
      }
      this.project(run, at, key, out);
      this.norms.forward(rows, norm, { x: out, y, moments, residual });
    };
    const { input, middle, gateUp } = block;
    const { attentionOut, attentionOutMoments, mlpOut, mlpOutMoments } = block;
    join('o', frozen.attentionNorm, { out: attentionOut, moments: attentionOutMoments, residual: input, y: middle });
    this.norms.forward(rows, frozen.postNorm, { x: middle, y: block.middleNormed, moments: block.middleMoments });
    this.project(run, at, 'gateUp', gateUp);
    this.activation.forward(rows, { gateUp, y: block.inner });
    if (!again || frozen.mlpNorm !== null)
      join('down', frozen.mlpNorm, { out: mlpOut, moments: mlpOutMoments, residual: middle, y: next });
  }

  private project({ arm }: LoadedPass, at: BlockRows, key: GroupKey, y: Tensor, residual?: Tensor): void {
    const { context } = this;
    context.recorder.scope(key, () => {
      linearForward(context, this.linear(at, key), arm, { y, residual });
    });
  }

  /**
   * Gradient of `pass.hidden` (in `dHidden`) → LoRA gradients (added) of the blocks in reach, and the
   * gradient of its input rows, if needed, in `scratch.residual`. Through the base model (`arm` null) only
   * the latter. `afterAttention` may add to `scratch.qkv`, the gradient of the layer's q, k and v as
   * attention reads them.
   */
  backward(
    run: LoadedPass,
    dHidden: Tensor,
    scratch: BackwardScratch,
    gradients: FlatViews,
    afterAttention: (layer: AttendedLayer) => void = () => undefined,
  ): void {
    const { context, weights, config } = this;
    const { pass, rows } = run;
    context.recorder.scope('decoder backward', () => {
      fill(context, scratch.residual, rows * config.hidden);
      const last = { x: pass.last, moments: pass.lastMoments, dy: dHidden, dx: scratch.residual };
      this.norms.backward(rows, weights.finalNorm, last, 'add');
      for (let layer = config.layers - 1; layer >= pass.reach.lowest; layer--) {
        const block = pass.blocks[layer]!;
        if (!block.kept && this.shared !== block) this.blockForward(run, layer, true);
        this.blockBackward(run, layer, scratch, gradients, afterAttention);
      }
    });
  }

  /**
   * From the gradient of a block's output to that of its input, both in `scratch.residual`. The pass
   * overwrites what the block stored: once LoRA's gradients of a product have been computed from its input,
   * the gradient of that input takes its place, and that of the MLP's activation likewise. Only attention's
   * output is still needed then.
   */
  private blockBackward(
    run: LoadedPass,
    layer: number,
    scratch: BackwardScratch,
    gradients: FlatViews,
    afterAttention: (layer: AttendedLayer) => void,
  ): void {
    const { context, norms } = this;
    const { pass, rows, arm } = run;
    const at = { info: pass.info, rows, layer };
    const lora = arm && { ...arm, gradients };
    const block = pass.blocks[layer]!;
    const frozen = this.weights.blocks[layer]!;
    const back = (key: GroupKey, dy: Tensor, dx: Tensor | null): void => {
      const linear = this.linear({ rows, block, layer }, key);
      context.recorder.scope(key, () => {
        linearBackward(context, linear, lora, { dy, dLow: scratch.low, dx });
      });
    };
    /** Gradient of what was added to the residual stream → that of the projection's output. */
    const leave = (norm: FrozenNorm | null, out: Tensor, moments: Tensor): Tensor => {
      if (norm === null) return scratch.residual;
      norms.backward(rows, norm, { x: out, moments, dy: scratch.residual, dx: scratch.normed }, 'replace');
      return scratch.normed;
    };
    context.recorder.scope(`layer ${layer + 1}`, () => {
      back('down', leave(frozen.mlpNorm, block.mlpOut, block.mlpOutMoments), block.inner);
      this.activation.backward(rows, { gateUp: block.gateUp, dy: block.inner });
      back('gateUp', block.gateUp, block.middleNormed);
      const middle = { x: block.middle, moments: block.middleMoments, dy: block.middleNormed };
      norms.backward(rows, frozen.postNorm, { ...middle, dx: scratch.residual }, 'add');
      back('o', leave(frozen.attentionNorm, block.attentionOut, block.attentionOutMoments), scratch.attention);
      this.attention.backward(at, block, scratch);
      afterAttention({ at, block });
      this.rotary.turn(at, scratch.qkv, -1);
      if (frozen.headGains !== null)
        this.headNorms.backward(rows, { gains: frozen.headGains, raw: block.rawHeads, dqkv: scratch.qkv });
      const { lowest, input } = pass.reach;
      const goesOn = layer > lowest || input;
      back('qkv', scratch.qkv, goesOn ? block.inputNormed : null);
      if (!goesOn) return;
      const entering = { x: block.input, moments: block.inputMoments, dy: block.inputNormed };
      norms.backward(rows, frozen.inputNorm, { ...entering, dx: scratch.residual }, 'add');
    });
    if (!block.kept) this.shared = null;
  }

  /**
   * Writes a block's attention into `map` [sequences, layers, heads, length, length]. Call from `afterBlock`
   * of `forward`.
   */
  attentionMap(block: BlockActivations, shape: MapShape, map: Tensor): void {
    this.attention.map(block, shape, map);
  }

  private linear({ rows, block, layer }: BlockRows, key: GroupKey): AdaptedLinear {
    const frozen = this.weights.blocks[layer]![key];
    return { rows, layer, key, group: this.layout.lora[layer]![key], frozen, x: groupInput(block, key), low: block.low };
  }
}
