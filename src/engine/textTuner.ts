/**
 * A language model with LoRA that is trained on texts alone: L = next-token loss, or a loss that the caller
 * brings along in its place.
 */
import type { Arm } from './arm';
import { FlatViews, LoraBlocks } from './adapter';
import { owning, roundUp8, inMemoryGroup, type Context } from './context';
import {
  allocateActivations,
  allocateBackwardScratch,
  Workspace,
  type Activations,
  type BackwardScratch,
} from './decoder/activations';
import { Decoder, type ArmViews, type InputRows } from './decoder/decoder';
import { embeddingStatistics } from './decoder/embeddingStatistics';
import { allocateWeights, fillWeights, type FrozenWeights } from './decoder/frozenWeights';
import { KeptKeys } from './decoder/keptKeys';
import { packTexts, type PackedRows } from './decoder/sequence';
import { OwnLoss, type LossCallback, type LossKernels } from './losses/ownLoss';
import { ScoredLoss } from './losses/scoredLoss';
import { SOFTMAX } from './losses/softmax/row';
import { TextLoss } from './losses/textLoss';
import { learningRate, Optimiser } from './optimiser/optimiser';
import { initialParameters, layOutParameters, type ParameterLayout } from './parameters';
import { Continuations, type TextModel } from './ranking/continuations';
import { NextTokens } from './ranking/nextTokens';
import { fill, gatherRows, scatterAddRows } from './rows/rows';
import type { TrainedArm } from './trainedArm';
import type { Gpu } from '../gpu/device';
import { readFloats, write, type Tensor } from '../gpu/tensor';
import type { DecoderConfig } from '../model/decoderConfig';
import type { LoadedModel } from '../model/loadedModel';
import type { Precision, RunSpec } from '../recipe/runSpec';

/** Slots of the report: the loss, the gradient's norm, and what reading texts uses. */
const SLOTS = { loss: 0, norm: 1, count: 3 } as const;

export interface TunerSettings {
  readonly spec: RunSpec;
  readonly precision: Precision;
  /** Maximum number of rows (tokens) per step, and of a prompt with what is written after it. */
  readonly rows: number;
  readonly loss: LossKernels | LossCallback | null;
}

export class TextTuner implements TextModel {
  readonly inputs: { readonly config: DecoderConfig };
  readonly decoder: Decoder;
  readonly textLoss: TextLoss;
  readonly report: Tensor;
  readonly histories: { readonly pass: Activations; readonly inputs: (parameters: FlatViews) => InputRows };
  readonly continuations: Continuations;
  readonly arm: Arm;
  private readonly layout: ParameterLayout;
  private readonly frozen: FrozenWeights;
  private readonly blocks: LoraBlocks;
  private readonly gradients: FlatViews;
  private readonly scratch: BackwardScratch & { readonly hidden: Tensor };
  private readonly optimiser: Optimiser;
  private readonly own: OwnLogits | null;
  private used = false;

  get spec(): RunSpec {
    return this.settings.spec;
  }

  private constructor(
    readonly context: Context,
    config: DecoderConfig,
    private readonly settings: TunerSettings,
    initial: (layout: ParameterLayout) => Float32Array,
  ) {
    const { spec, precision, rows, loss } = settings;
    const { memory } = context;
    this.inputs = { config };
    const layout = layOutParameters(config, spec, { items: 0, features: 4 });
    this.layout = layout;
    this.frozen = allocateWeights(memory.in('weights'), config, { precision, arithmetic: 'f32' });
    this.decoder = new Decoder(inMemoryGroup(context, 'weights'), this.frozen, layout);
    const reach = { lowest: spec.lora.firstLayer, input: false };
    const workspace = new Workspace(memory.in('activations'), config, layout, rows);
    const { checkpoint } = spec.training;
    const options = { capacity: rows, reach, checkpoint, workspace, label: 'texts' };
    const pass = allocateActivations(memory.in('activations'), config, layout, options);
    const nothing = memory.tensor(config.hidden, 'no dense rows');
    this.histories = { pass, inputs: () => ({ dense: nothing, learned: nothing }) };
    this.scratch = {
      ...allocateBackwardScratch(memory.in('backward'), config, layout, rows),
      hidden: memory.in('backward').tensor(rows * config.hidden, 'd hidden'),
    };
    const losses = inMemoryGroup(context, 'losses');
    const scored = new ScoredLoss(losses, { rows, columns: config.vocabulary, losses: [SOFTMAX] });
    this.textLoss = new TextLoss(losses, this.frozen, scored, rows);
    this.own = loss && new OwnLogits(losses, this.frozen, loss, rows);
    this.report = memory.tensor(SLOTS.count, 'report');
    const arms = memory.in('arms');
    const flat = arms.upload(initial(layout), 'parameters');
    const [m, v] = [arms.tensor(layout.trained, 'm'), arms.tensor(layout.trained, 'v')];
    this.gradients = new FlatViews(arms.tensor(layout.size, 'gradients'), layout);
    const parameters = new FlatViews(flat, layout);
    this.arm = { spec: spec.arms[0]!, flat, m, v, parameters, loraScale: layout.loraScale, step: 0 };
    this.blocks = new LoraBlocks(inMemoryGroup(context, 'arms'), layout, this.frozen);
    this.optimiser = new Optimiser(context, layout, spec.training);
    this.continuations = new Continuations(this, new KeptKeys(context, config, rows), new NextTokens(context, this.frozen, 1));
  }

  /**
   * @throws RangeError for a layer or size that the model or the device does not have, and what the GPU
   * throws
   */
  static async create(gpu: Gpu, { config, weights }: LoadedModel, settings: TunerSettings): Promise<TextTuner> {
    const embedding = await embeddingStatistics(weights, config);
    const initial = (layout: ParameterLayout): Float32Array => initialParameters(layout, config, embedding, settings.spec);
    const tuner = owning(gpu, (context) => new TextTuner(context, config, settings, initial));
    try {
      await fillWeights(gpu.device, tuner.frozen, weights);
      return tuner;
    } catch (error) {
      tuner.destroy();
      throw error;
    }
  }

  /** One AdamW update on texts, each after [BOS]; at most `rows` tokens in all. */
  async step(texts: readonly (readonly number[])[]): Promise<{ total: number; gradNorm: number; learningRate: number }> {
    const { context, layout, gradients, report, scratch, decoder, arm, histories, settings } = this;
    const { pass } = histories;
    const packed = packTexts(texts, { bosId: this.inputs.config.bosId });
    const { rows } = packed;
    decoder.load(pass, packed);
    this.textLoss.load(packed.text);
    const views = this.use();
    fill(context, gradients.flat, layout.size);
    fill(context, report, SLOTS.count);
    fill(context, scratch.hidden, rows * this.inputs.config.hidden);
    decoder.forward({ pass, rows, arm: views }, histories.inputs(arm.parameters));
    const into = { report, slot: SLOTS.loss };
    if (this.own === null) {
      this.textLoss.run(pass, packed.text.rows.length, into, { weight: 1, dHidden: scratch.hidden });
    } else {
      await this.own.add(pass, packed, into, scratch.hidden);
    }
    decoder.backward({ pass, rows, arm: views }, scratch.hidden, scratch, gradients);
    const { training } = settings.spec;
    const rate = learningRate(arm.step, training);
    this.optimiser.update(arm, gradients.flat, { step: arm.step, rate }, { report, slot: SLOTS.norm });
    arm.step += 1;
    this.used = false;
    const [total, gradNorm] = await context.recorder.submitAndRead(report, SLOTS.count);
    return { total: total!, gradNorm: gradNorm!, learningRate: rate };
  }

  use(): ArmViews {
    const { arm, blocks } = this;
    if (!this.used) blocks.refresh(arm.parameters, arm.loraScale);
    this.used = true;
    return { parameters: arm.parameters, blocks };
  }

  /** The LoRA as it is now, on the CPU. */
  async trained(): Promise<TrainedArm> {
    const { arm, layout, context } = this;
    const [flat] = await readFloats(context.memory, [{ tensor: arm.flat, elements: layout.size }]);
    return { spec: arm.spec, step: arm.step, layout, flat: flat! };
  }

  destroy(): void {
    this.context.memory.destroy();
  }
}

/** The caller's loss on the logits of the rows that predict, [rows, vocabulary]. */
class OwnLogits {
  private readonly own: OwnLoss;
  private readonly rows: Tensor;
  private readonly h: Tensor;
  private readonly dh: Tensor;
  private readonly logits: Tensor;
  private readonly dLogits: Tensor;
  private readonly stride: number;

  constructor(
    private readonly context: Context,
    private readonly frozen: FrozenWeights,
    loss: LossKernels | LossCallback,
    rows: number,
  ) {
    const { memory } = context;
    const { hidden, vocabulary } = frozen.config;
    this.stride = roundUp8(vocabulary);
    this.own = new OwnLoss(context, loss, rows);
    this.rows = memory.tensor(rows, 'rows of the own loss');
    this.h = memory.tensor(rows * hidden, 'hidden of the own loss');
    this.dh = memory.tensor(rows * hidden, 'd hidden of the own loss');
    this.logits = memory.tensor(rows * this.stride, 'logits');
    this.dLogits = memory.tensor(rows * this.stride, 'd logits');
  }

  /** Adds the mean loss to report[slot], and its gradient to `dHidden`. */
  async add(pass: Activations, { text }: PackedRows, into: { report: Tensor; slot: number }, dHidden: Tensor): Promise<void> {
    const { context, frozen, stride, h, dh } = this;
    const { hidden, vocabulary } = frozen.config;
    const shape = { rows: text.rows.length, size: hidden };
    write(context.memory.device, this.rows, text.rows);
    gatherRows(context, shape, { x: pass.hidden, index: this.rows, out: h });
    const dense = (tensor: Tensor, width: number): { tensor: Tensor; stride: number } => ({ tensor, stride: width });
    const { matrix } = frozen.head;
    const scores = { rows: shape.rows, columns: stride, depth: hidden };
    context.gemm.run({ kind: 'NT', ...scores, a: dense(h, hidden), b: matrix, out: dense(this.logits, stride) });
    const call = { x: this.logits, dx: this.dLogits, targets: text.tokens, columns: vocabulary, stride };
    await this.own.add({ ...call, ...into, weight: 1, share: 1 });
    const back = { rows: shape.rows, columns: hidden, depth: stride };
    context.gemm.run({ kind: 'NN', ...back, a: dense(this.dLogits, stride), b: matrix, out: dense(dh, hidden) });
    scatterAddRows(context, shape, { x: dh, index: this.rows, out: dHidden });
  }
}
