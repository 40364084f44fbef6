/**
 * The engine of one experiment: frozen weights and buffers shared by all arms, and the training step. All
 * memory is allocated here, before the first step; a step only uploads indices, and submits once per
 * micro-batch.
 */
import type { Gpu } from '../gpu/device';
import { Profiler, type Timings } from '../gpu/profiler';
import { readFloats, write, type Memory, type Tensor } from '../gpu/tensor';
import { armLora, armSchedule, widestLora } from '../recipe/armRecipe';
import type { MemoryGroup } from '../record/memoryPlan';
import { withFreeCodes, type ArmSpec, type RunSpec } from '../recipe/runSpec';
import { byTerm, lambdaOf, TERM_IDS, termsOf, type TermId } from '../recipe/terms';
import { allocateBackwardScratch, allocatePasses, type BackwardScratch } from './decoder/activations';
import { FlatViews, LoraBlocks } from './adapter';
import { checkCatalogue, checkParameters, featureRowSize, uploadCatalogue, usesFeatures } from './ranking/catalogueTensors';
import { owning, inMemoryGroup, type Context } from './context';
import { addTo, fill } from './rows/rows';
import { Decoder, type ArmViews, type AttendedLayer } from './decoder/decoder';
import { allocateWeights, fillWeights, type WeightNumbers } from './decoder/frozenWeights';
import { Histories } from './decoder/histories';
import { ACTION_LOSSES } from './losses/actionLosses';
import { exposedChance } from './losses/exposedPairs';
import { InterestHead } from './losses/interestHead';
import { OwnLoss, type LossCallback, type LossKernels } from './losses/ownLoss';
import { learningRate, Optimiser } from './optimiser/optimiser';
import { packStep, type MicroBatch } from './decoder/microBatch';
import { layOutParameters, type ParameterLayout } from './parameters';
import { SOFTMAX } from './losses/softmax/row';
import { SQUARED_LOG_SUM } from './terms/z/row';
import { ScoredLoss } from './losses/scoredLoss';
import type { ItemCodes } from '../model/codes/itemCodes';
import type { EncodedExample, PackOptions } from './decoder/sequence';
import type { Arm } from './arm';
import { imageSizeOf, offsetsOf, popularityBias, scoredRows, type EngineInputs, type FilledInputs } from './engineInputs';
import { stepSizes } from './stepSizes';
import { TextLoss } from './losses/textLoss';
import { Reconstruction } from './terms/rec/reconstruction';
import type { TermLoss } from './terms/termLoss';
import { createTerms } from './objective/termLosses';
import { addsRows, readsTarget } from './objective/terms';

/** The few numbers that a step reads back: losses by term, null for terms that the arm does not have. */
export interface StepReport extends Readonly<Record<TermId, number | null>> {
  readonly total: number;
  readonly action: number;
  /** L_act of a model that knows nothing, on this batch. */
  readonly chance: number;
  readonly gradNorm: number;
  readonly learningRate: number;
  /** A loss that the caller brought along. */
  readonly own?: number;
}

/**
 * A loss on the interest embeddings h, [predictions, e], with the items that they predict as targets; the
 * mean over predictions, times `weight`.
 */
export interface OwnTerm {
  readonly loss: LossKernels | LossCallback;
  readonly weight: number;
}

/** Slots of the report buffer; those of the terms follow. */
export const REPORT = { action: 0, norm: 1, evaluation: 2 } as const;
const FIRST_TERM = 3;
const OWN = FIRST_TERM + TERM_IDS.length;
const REPORT_SIZE = OWN + 1;

export class Engine {
  readonly layout: ParameterLayout;
  readonly decoder: Decoder;
  readonly head: InterestHead;
  readonly reconstruction: Reconstruction;
  readonly textLoss: TextLoss;
  readonly histories: Histories;
  readonly blocks: LoraBlocks;
  readonly report: Tensor;
  /** Maximum number of examples per pass. */
  readonly microBatch: number;
  /** Maximum number of histories of a pass that only reads them. */
  readonly readBatch: number;
  /** Scratch for differentiating a pass. */
  readonly scratch: BackwardScratch & { readonly hidden: Tensor };
  private readonly terms: Readonly<Record<TermId, TermLoss>>;
  private readonly gradients: FlatViews;
  /** The arm whose LoRA is in the blocks; null if its parameters have changed since. */
  private used: Arm | null = null;
  private readonly optimiser: Optimiser;
  /** Where a loss that the caller brought along is computed, and its gradient [predictions, e]. */
  private readonly own: { readonly loss: OwnLoss; readonly weight: number; readonly dh: Tensor } | null;
  /** Created by the first profiled step. */
  private profiler: Profiler | null = null;

  private constructor(
    readonly context: Context,
    readonly inputs: EngineInputs,
    own: OwnTerm | null,
  ) {
    const { gpu } = context;
    const memory = (group: MemoryGroup): Memory => context.memory.in(group);
    const { config, items } = inputs;
    // One layout for all arms, with room for the LoRA of each.
    const spec = { ...inputs.spec, lora: widestLora(inputs.spec) };
    const { training } = spec;
    const objective = withFreeCodes(spec.objective);
    const scoredItems = scoredRows(spec, items);
    const features = usesFeatures(objective) ? featureRowSize(inputs) : 1;
    checkCatalogue(gpu.device.limits, { items, features, embeddingSize: objective.embeddingSize });
    const catalogueShape = { items, features: featureRowSize(inputs), imageSize: imageSizeOf(inputs) };
    this.layout = layOutParameters(config, spec, catalogueShape);
    checkParameters(gpu.device.limits, this.layout);
    const sizes = stepSizes(inputs);
    const { microBatch, readBatch, rows, textRows, predictions, candidates, exposedPairs, historyItems } = sizes;
    this.microBatch = microBatch;
    this.readBatch = readBatch;

    const frozen = allocateWeights(memory('weights'), config, chosen(spec.model));
    this.decoder = new Decoder(inMemoryGroup(context, 'weights'), frozen, this.layout);
    const catalogue = uploadCatalogue(memory('features'), inputs);
    const passes = allocatePasses(memory('activations'), config, this.layout, spec, sizes);
    this.histories = new Histories(inMemoryGroup(context, 'activations'), {
      decoder: this.decoder,
      layout: this.layout,
      pass: passes.histories,
      catalogue,
      sizes,
      cacheBytes: 1e6 * training.cacheMegabytes,
    });

    const mostRows = Math.max(rows, textRows);
    this.scratch = {
      ...allocateBackwardScratch(memory('backward'), config, this.layout, mostRows),
      hidden: memory('backward').tensor(mostRows * config.hidden, 'd hidden'),
    };

    const losses = inMemoryGroup(context, 'losses');
    const scored = new ScoredLoss(losses, {
      rows: Math.max(textRows, predictions),
      columns: Math.max(config.vocabulary, candidates),
      losses: [SOFTMAX, SQUARED_LOG_SUM, ACTION_LOSSES[objective.actionLoss].row],
    });
    this.textLoss = new TextLoss(losses, frozen, scored, textRows);
    const { embeddingSize } = objective;
    const counts = { items: scoredItems, predictions, candidates, exposedPairs, historyItems };
    const moreLosses = spec.arms.some(({ lambdaZ }) => lambdaZ > 0);
    const headSizes = { hidden: config.hidden, features: featureRowSize(inputs), embeddingSize, moreLosses, ...counts };
    this.head = new InterestHead(losses, headSizes, objective, catalogue.hidden, scored);
    const reconstructionLoss = new TextLoss(losses, frozen, scored, textRows);
    const reconstructionSizes = { ...headSizes, texts: microBatch, rows };
    this.reconstruction = new Reconstruction(losses, this.decoder, passes.texts, reconstructionLoss, reconstructionSizes);

    this.terms = createTerms({
      context: losses,
      layout: this.layout,
      objective,
      features: catalogue.hidden,
      sizes: reconstructionSizes,
      imageSize: imageSizeOf(inputs),
      decoder: this.decoder,
      arms: spec.arms,
      lora: inputs.spec.lora,
      textLoss: this.textLoss,
      reconstruction: this.reconstruction,
    });

    this.blocks = new LoraBlocks(inMemoryGroup(context, 'arms'), this.layout, frozen);
    this.gradients = new FlatViews(memory('arms').tensor(this.layout.size, 'gradients'), this.layout);

    this.own = own && {
      loss: new OwnLoss(losses, own.loss, predictions),
      weight: own.weight,
      dh: losses.memory.tensor(predictions * embeddingSize, 'dh of the own loss'),
    };
    this.optimiser = new Optimiser(context, this.layout, training);
    this.report = memory('other').tensor(REPORT_SIZE, 'report');
  }

  /** An engine with all its memory allocated and its frozen weights zero, for measuring that memory. */
  static allocate(gpu: Gpu, inputs: EngineInputs, own: OwnTerm | null = null): Engine {
    return owning(gpu, (context) => new Engine(context, inputs, own));
  }

  /**
   * An engine that is ready to train. @param own a loss beside the recipe's, of every arm
   * @throws RangeError as `allocate` does; as `fillWeights` does; GpuFaultError.
   */
  static async create(gpu: Gpu, { weights, ...inputs }: FilledInputs, own: OwnTerm | null = null): Promise<Engine> {
    const engine = Engine.allocate(gpu, inputs, own);
    try {
      await fillWeights(gpu.device, engine.decoder.weights, weights);
      await engine.context.memory.faults.settled();
      return engine;
    } catch (error) {
      engine.destroy();
      throw error;
    }
  }

  /**
   * A new arm that starts from `initial` (see initialParameters).
   * @param trained floats that will be updated: 0 for one that is only read
   */
  createArm(spec: ArmSpec, initial: Float32Array, trained = this.layout.trained): Arm {
    const memory = this.context.memory.in('arms');
    const flat = memory.upload(initial, `parameters of ${spec.id}`);
    const m = memory.tensor(trained, `m of ${spec.id}`);
    const v = memory.tensor(trained, `v of ${spec.id}`);
    const { rank, alpha } = armLora(this.inputs.spec, spec);
    const arm = { spec, flat, m, v, parameters: new FlatViews(flat, this.layout), loraScale: alpha / rank, step: 0 };
    this.histories.register(arm, initial);
    return arm;
  }

  /**
   * How requests are packed: without the target's codes. @param arm whose sequences are packed; none: the
   * base model's
   * @throws Error in the `semantic` interface without codes
   */
  packOptions(withText: boolean, arm?: Pick<ArmSpec, 'sinkToken'>): PackOptions {
    const { spec, titleTokens, config } = this.inputs;
    const codes = spec.objective.itemInterface === 'semantic' ? this.codes : null;
    const { itemInterface, positions, hideEmbFromText, embToken, skipItems } = spec.objective;
    const sinkToken = arm?.sinkToken ?? false;
    const { bosId } = config;
    const items = { itemInterface, titleTokens, codes, withTarget: false };
    return { ...items, positions, hideEmbFromText, embToken, skipItems, sinkToken, bosId, withText };
  }

  /**
   * The items' codes (interface `semantic`).
   * @throws Error without them: they are computed before an engine that needs them
   */
  get codes(): ItemCodes {
    const { codes } = this.inputs.features;
    if (codes === undefined) throw new Error('items have no codes');
    return codes;
  }

  /** How steps are packed. */
  private stepOptions({ spec }: Arm): PackOptions {
    return { ...this.packOptions(addsRows(spec, 'history'), spec), withTarget: true };
  }

  /** Makes an arm's LoRA, as it is now, the one that passes use; queues nothing if it already is. */
  use(arm: Arm): ArmViews {
    if (this.used !== arm) this.blocks.refresh(arm.parameters, arm.loraScale);
    this.used = arm;
    return { parameters: arm.parameters, blocks: this.blocks };
  }

  /**
   * L = L_act + Σ λ·L over the arm's terms, its gradient, and one AdamW update.
   * With `update: false` the gradient is left for `readGradients` and nothing changes.
   */
  async trainStep(arm: Arm, batch: readonly EncodedExample[], options = { update: true }): Promise<StepReport> {
    const { context, gradients, report, layout } = this;
    const { recorder } = context;
    const views = recorder.scope('LoRA blocks', () => this.use(arm));
    fill(context, gradients.flat, layout.size);
    fill(context, report, REPORT_SIZE);
    const parts = this.cut(arm, batch);
    for (const [index, part] of parts.entries()) {
      // Recorded commands read the index lists that the next micro-batch replaces.
      if (index > 0) recorder.submit();
      this.load(arm, part);
      // Everything is queued before this function returns, unless the caller's own loss is computed on the
      // CPU.
      const waiting = this.addGradients(arm, part, part.examples.length / batch.length, views);
      if (waiting !== null) await waiting;
    }
    const schedule = armSchedule(this.inputs.spec, arm.spec);
    const rate = learningRate(arm.step, schedule);
    if (options.update) {
      recorder.scope('optimiser', () => {
        this.optimiser.update(
          arm,
          gradients.flat,
          { step: arm.step, rate, beta2: schedule.beta2 },
          { report, slot: REPORT.norm },
        );
      });
      arm.step += 1;
      this.used = null;
    }
    const numbers = await recorder.submitAndRead(report, REPORT_SIZE);
    const action = numbers[REPORT.action]!;
    const acting = parts.flatMap(({ candidates }) => candidates ?? []);
    const losses = byTerm((term) => (lambdaOf(arm.spec, term) > 0 ? numbers[slotOfTerm(term)]! : null));
    return {
      total: TERM_IDS.reduce(
        (sum, term) => sum + lambdaOf(arm.spec, term) * (losses[term] ?? 0),
        action + (this.own?.weight ?? 0) * numbers[OWN]!,
      ),
      action,
      chance: ACTION_LOSSES[this.inputs.spec.objective.actionLoss].chance(acting) + exposedChance(acting),
      ...losses,
      gradNorm: numbers[REPORT.norm]!,
      learningRate: rate,
      ...(this.own !== null && { own: numbers[OWN]! }),
    };
  }

  private cut(arm: Arm, batch: readonly EncodedExample[]): MicroBatch[] {
    const { spec } = arm;
    const { actionLoss, lambdaExp } = this.inputs.spec.objective;
    return packStep(batch, {
      microBatch: this.microBatch,
      pack: this.stepOptions(arm),
      withTexts: addsRows(spec, 'texts'),
      withDescribed: addsRows(spec, 'described'),
      withPlain: addsRows(spec, 'plain'),
      withReplayed: addsRows(spec, 'replayed'),
      withImages: addsRows(spec, 'images'),
      actionLoss,
      lambdaExp,
      bias: popularityBias(this.inputs),
      offsets: offsetsOf(this.inputs),
      items: scoredRows(this.inputs.spec, this.inputs.items),
    });
  }

  private load(arm: Arm, part: MicroBatch): void {
    const { examples, packed, pack, candidates } = part;
    this.histories.loadStep(arm, examples, packed, pack);
    if (candidates === null) this.head.loadRows(packed);
    else this.head.load(packed, candidates);
    for (const term of termsIn(part, arm)) this.terms[term].load(part, arm.spec);
  }

  /**
   * Adds the losses of a micro-batch to the report, and their gradient to the step's. @param share of the
   * step's examples
   * @returns what is left to wait for; null if everything is queued
   */
  private addGradients(arm: Arm, part: MicroBatch, share: number, views: ArmViews): Promise<void> | null {
    const { context, head, histories, scratch, gradients, report } = this;
    const { packed, candidates } = part;
    const { pass } = histories;
    const { recorder } = context;
    const predictions = packed.predictionRows.length;
    const addTerms = (stage: 'interest' | 'history' | 'attention', attended: AttendedLayer | null = null): void => {
      for (const term of termsIn(part, arm)) {
        const loss = this.terms[term];
        if ((typeof loss.into === 'function' ? loss.into(arm.spec) : loss.into) !== stage) continue;
        const [slot, weight] = [slotOfTerm(term), lambdaOf(arm.spec, term)];
        recorder.scope(loss.scope, () => {
          loss.add({ part, share, arm, views, pass, head, gradients, scratch, report, slot, weight }, attended);
        });
      }
    };
    histories.forward(views);
    recorder.scope('action loss', () => {
      head.interest(pass, predictions, arm.parameters);
      if (candidates === null) head.noActionLoss(predictions);
      else head.actionLoss(candidates, predictions, { parameters: arm.parameters, gradients }, { report, slot: REPORT.action });
    });
    addTerms('interest');
    const rest = (): void => {
      recorder.scope('interest backward', () => {
        fill(context, scratch.hidden, packed.rows * this.inputs.config.hidden);
        head.interestBackward(predictions, arm.parameters, gradients, scratch.hidden);
      });
      addTerms('history');
      histories.backward(scratch.hidden, scratch, views, gradients, (attended) => {
        addTerms('attention', attended);
      });
    };
    const waiting = candidates === null ? null : this.addOwn(packed.predictionTargets, share);
    if (waiting !== null) return waiting.then(rest);
    rest();
    return null;
  }

  /** Adds the loss that the caller brought along to the report, and its gradient to that of h. */
  private addOwn(targets: Uint32Array, share: number): Promise<void> | null {
    if (this.own === null) return null;
    const { context, head, report } = this;
    const { loss, weight, dh } = this.own;
    const { embeddingSize: columns } = this.inputs.spec.objective;
    const call = { x: head.h, dx: dh, targets, columns, stride: columns, weight, share, report, slot: OWN };
    const join = (): void => {
      addTo(context, targets.length * columns, { x: dh, out: head.dh });
    };
    const waiting = loss.add(call);
    if (waiting !== null) return waiting.then(join);
    join();
    return null;
  }

  /**
   * A training step and the time of its kernels. Slower than `trainStep`, with the same result.
   * @throws Error on a device without timestamp queries (see `canProfile`).
   */
  async profileStep(arm: Arm, batch: readonly EncodedExample[]): Promise<{ report: StepReport; timings: Timings }> {
    const { recorder, memory } = this.context;
    this.profiler ??= new Profiler(memory);
    recorder.profiler = this.profiler;
    try {
      const report = await this.trainStep(arm, batch);
      return { report, timings: await this.profiler.read() };
    } finally {
      recorder.profiler = null;
    }
  }

  /** The flat gradient of the last step, before clipping. */
  async readGradients(): Promise<Float32Array> {
    const [gradients] = await readFloats(this.context.memory, [{ tensor: this.gradients.flat, elements: this.layout.size }]);
    return gradients!;
  }

  async readParameters(arm: Arm): Promise<Float32Array> {
    const [parameters] = await readFloats(this.context.memory, [{ tensor: arm.flat, elements: this.layout.size }]);
    return parameters!;
  }

  /** Queues a copy of other parameters into an arm. */
  writeParameters(arm: Arm, flat: Float32Array): void {
    write(this.context.memory.device, arm.flat, flat);
    this.used = null;
  }

  /** Frees all GPU memory; the device itself stays open. */
  destroy(): void {
    this.context.memory.destroy();
  }
}

/** The terms that read a micro-batch: all of the arm's, or of further texts those that read y. */
function termsIn({ candidates }: MicroBatch, arm: Arm): TermId[] {
  return termsOf(arm.spec).filter((term) => candidates !== null || readsTarget(term));
}

function slotOfTerm(term: TermId): number {
  return FIRST_TERM + TERM_IDS.indexOf(term);
}

/** @throws Error when the precision is still `auto`, which only the caller can resolve. */
function chosen({ precision, arithmetic }: RunSpec['model']): WeightNumbers {
  if (precision === 'auto') throw new Error('the precision of the frozen weights must be chosen first');
  return { precision, arithmetic };
}
