/**
 * Decodability gain of every arm and of the untrained model, after training: the same probe decoder is
 * trained on each from the same start, with the same texts in the same order, as well as without any
 * embedding and on embeddings that are known to carry the text. Definitions: docs/metrics.md.
 */
import { sampleUsers } from '../../log/sampling';
import type { Target } from '../../log/types';
import { firstUnusedBatch } from '../../recipe/armRecipe';
import type { Arm } from '../../engine/arm';
import type { Engine } from '../../engine/engine';
import type { SoftTokenScale } from '../../engine/decoder/embeddingStatistics';
import { PROBE_RATE, ProbeDecoder, type TextPairs } from '../../engine/losses/probeDecoder';
import type { EncodedExample } from '../../engine/decoder/sequence';
import {
  decodabilityBySplit,
  fitStandardisation,
  rowsAt,
  zScores,
  type Standardisation,
} from '../../measures/fidelity/decodability';
import { categoryAccuracy, NearestText } from '../../measures/fidelity/decodedCategory';
import { coldTargets } from '../../measures/ranking/ranking';
import { mean } from '../../statistics/statistics';
import type { FidelityOf } from '../../record/runEvents';
import type { Fidelity } from '../../record/runRecord';
import { withFreeCodes, type RunSpec } from '../../recipe/runSpec';
import { ImageDecodability, type ImageDecodabilityInputs } from './imageDecodability';
import { keepShare } from './keepShare';
import type { ArmEvaluator } from './measure';
import type { PreparedData } from '../prepare/preparedData';
import type { Probes } from '../prepare/probes';

/** Maximum number of distinct pairs (h, y) that the probe decoder is trained on, in whole batches. */
const MOST_PAIRS = 4096;
/**
 * Maximum number of further pairs, in whole batches and no more than are trained on, that decide how much of
 * W to keep.
 */
const HELD_OUT = 128;
/** Maximum number of targets that are measured. */
const MOST_TARGETS = 512;
/**
 * Maximum number of tokens decoded: what an item is comes first, and each further token costs a pass over all
 * before it.
 */
const DECODED_TOKENS = 12;

/**
 * Rows of a forward pass that the probe decoders of a run take, roughly: histories that are read, and a
 * training step of a text as three passes. 0 without one.
 */
export function probeRows(
  { arms, evaluation, objective }: Pick<RunSpec, 'arms' | 'evaluation' | 'objective'>,
  { history, microBatch, finals }: { readonly history: number; readonly microBatch: number; readonly finals: number },
): number {
  const { probeSteps } = evaluation;
  if (probeSteps === 0) return 0;
  const pairs = Math.min(probeSteps * microBatch, MOST_PAIRS);
  const targets = Math.min(finals, MOST_TARGETS);
  const read = (arms.length + 1) * (pairs + HELD_OUT + targets) * history;
  // The untrained model, the control, and nothing at all beside the arms.
  const decoders = arms.length + 3;
  return read + decoders * (3 * probeSteps * microBatch + targets) * objective.maxTextTokens;
}

/**
 * An arm's interest embeddings of the histories used here: [histories, e]. For the control, e of their
 * targets.
 */
interface Read {
  readonly pairs: Float32Array;
  readonly heldOut: Float32Array;
  readonly targets: Float32Array;
  readonly probes: Float32Array;
}

export interface DecodabilityInputs {
  readonly engine: Engine;
  readonly data: PreparedData;
  readonly measure: ArmEvaluator;
  readonly probes: Probes;
  readonly spec: RunSpec;
  /** Test targets of the final evaluation. */
  readonly finals: readonly Target[];
  /** The scale of the base model's soft tokens. */
  readonly scale: SoftTokenScale;
}

/** Called before every step of the probe decoder. */
type Pass = (done: number) => Promise<'go' | 'stop'>;

/** A probe decoder that has been trained on an arm: its parameters, and the scale on which it reads h. */
export interface TrainedProbe {
  readonly parameters: Float32Array;
  readonly scale: Standardisation;
}

export interface ProbeWatch {
  readonly gate: () => Promise<'go' | 'stop'>;
  readonly progress: (note: string, done: number, total: number) => void;
  readonly onFidelity: (of: FidelityOf, fidelity: Fidelity, probe: TrainedProbe) => void;
}

export class DecodabilityProbe {
  private readonly decoder: ProbeDecoder;
  private readonly batches: readonly (readonly EncodedExample[])[];
  private readonly heldOut: readonly EncodedExample[];
  private readonly targets: readonly EncodedExample[];
  private readonly cold: Uint8Array;
  private readonly nearest: NearestText;
  private untrained: Read | null = null;
  /** Null if item embeddings do not start from the items' content. */
  private control: Read | null = null;
  private empty: Float64Array | null = null;
  /** The probe of pictures; null if no arm has L_img, or no target a picture. */
  private readonly images: ImageDecodability | null;

  /** Allocates the decoder's memory. */
  constructor(private readonly inputs: DecodabilityInputs) {
    const { engine, data, spec, finals } = inputs;
    const { probeSteps } = spec.evaluation;
    // In every arm the texts are those of the targets, even if the arm was trained on shuffled ones.
    const plain = { ...spec.arms[0]!, shuffle: 'none' as const };
    const batchOf = (step: number): EncodedExample[] => data.batch(firstUnusedBatch(spec) + step, plain);
    const first = batchOf(0);
    const count = Math.max(1, Math.min(probeSteps, Math.floor(MOST_PAIRS / first.length)));
    this.batches = [first, ...Array.from({ length: count - 1 }, (_, index) => batchOf(index + 1))];
    const held = Math.min(count, Math.ceil(HELD_OUT / first.length));
    this.heldOut = Array.from({ length: held }, (_, index) => batchOf(count + index)).flat();
    const targets = sampleUsers(finals, MOST_TARGETS, spec.seed);
    this.targets = targets.map((target) => data.exampleFor(target));
    this.cold = coldTargets(data.log, data.split, targets);
    this.nearest = new NearestText(data.texts);
    this.images = imagesOf(inputs, { pairs: this.batches.flat(), heldOut: this.heldOut, targets: this.targets, cold: this.cold });
    this.decoder = new ProbeDecoder(engine, { steps: probeSteps, learningRate: PROBE_RATE * inputs.scale.deviation });
  }

  /**
   * Computes the embeddings of histories and items under an untrained arm, with which the arms are compared.
   */
  async setBase(untrained: Arm, onProgress: (done: number, total: number) => void): Promise<void> {
    const { measure, spec } = this.inputs;
    this.untrained = await this.read(untrained, onProgress);
    const { itemOutput } = withFreeCodes(spec.objective);
    if (itemOutput === 'content' || itemOutput === 'content+id')
      this.control = this.readTargets(await measure.itemsOf(untrained));
  }

  /** The control, the untrained model, then every arm. @returns false when told to stop */
  async measureAll(arms: readonly Arm[], { gate, progress, onFidelity }: ProbeWatch): Promise<boolean> {
    const { probeSteps } = this.inputs.spec.evaluation;
    const { control, untrained } = this;
    if (untrained === null) throw new Error('no untrained arm was read');
    const all: { readonly of: FidelityOf; readonly label: string; readonly read: () => Read | Promise<Read> }[] = [
      ...(control === null ? [] : [{ of: 'control' as const, label: 'the targets’ own embeddings', read: () => control }]),
      { of: 'untrained', label: 'the untrained model', read: () => untrained },
      ...arms.map((arm) => ({ of: { arm: arm.spec.id }, label: arm.spec.label, read: () => this.read(arm) })),
    ];
    for (const { of, label, read } of all) {
      const fidelity = await this.measure(await read(), async (done) => {
        const answer = await gate();
        progress(`Probe decoder on ${label}`, done, probeSteps);
        return answer;
      });
      if (fidelity === null) return false;
      onFidelity(of, fidelity.measured, fidelity.probe);
    }
    return true;
  }

  /** Trains a probe decoder on what was read. @returns null when told to stop */
  private async measure(read: Read, pass: Pass): Promise<{ readonly measured: Fidelity; readonly probe: TrainedProbe } | null> {
    const { measure, spec } = this.inputs;
    const empty = this.empty ?? (await this.withoutEmbedding(pass));
    if (empty === null) return null;
    this.empty = empty;
    const scale = fitStandardisation(read.pairs, spec.objective.embeddingSize);
    if (!(await this.train(read.pairs, scale, pass))) return null;
    const heldOut = { z: zScores(read.heldOut, scale), texts: this.heldOut.map(({ text }) => text) };
    const shrinkage = await keepShare(this.decoder, async () => mean(await this.decoder.nll(heldOut)));
    const nll = await this.decoder.nll(this.pairsOf(read.targets, scale));
    const text = decodabilityBySplit(nll, empty, this.cold, spec.seed);
    const category = await this.categories(zScores(read.targets, scale));
    const image = this.images && (await this.images.measure(read, pass));
    if (this.images !== null && image === null) return null;
    const measured = {
      steps: spec.evaluation.probeSteps,
      pairs: this.batches.flat().length,
      shrinkage,
      counts: { ...text.counts, ...category.counts, ...image?.counts },
      values: { ...text.values, ...category.values, ...image?.values },
      intervals: { ...text.intervals, ...category.intervals, ...image?.intervals },
      decoded: await measure.decode(this.decoder.reader, zScores(read.probes, scale)),
    };
    return { measured, probe: { parameters: await this.decoder.read(), scale } };
  }

  /** How often the decoded text describes an item of the target's category. @param z of the targets */
  private async categories(z: Float32Array): Promise<ReturnType<typeof categoryAccuracy>> {
    const { measure, data, spec } = this.inputs;
    const { items } = data.log;
    const e = spec.objective.embeddingSize;
    const categoryOf = (item: number): string => items.at(item).category;
    const places = [...this.targets.keys()].filter((place) => categoryOf(this.targets[place]!.target) !== '');
    const texts = await measure.decodeTokens(this.decoder.reader, rowsAt(z, places, e), DECODED_TOKENS);
    const read = texts.map((text, row) => {
      const item = this.nearest.find(text);
      const place = places[row]!;
      return {
        wanted: categoryOf(this.targets[place]!.target),
        read: item === null ? null : categoryOf(item),
        cold: this.cold[place] === 1,
      };
    });
    return categoryAccuracy(read, spec.seed);
  }

  /** NLL of the targets' texts under a decoder that was trained with every z = 0, their mean. */
  private async withoutEmbedding(pass: Pass): Promise<Float64Array | null> {
    const e = this.inputs.spec.objective.embeddingSize;
    const nothing = new Float32Array(this.batches.flat().length * e);
    const scale = fitStandardisation(nothing, e);
    if (!(await this.train(nothing, scale, pass))) return null;
    return this.decoder.nll(this.pairsOf(new Float32Array(this.targets.length * e), scale));
  }

  private async train(h: Float32Array, scale: Standardisation, pass: Pass): Promise<boolean> {
    const { probeSteps } = this.inputs.spec.evaluation;
    const z = zScores(h, scale);
    const size = z.length / this.batches.length;
    this.decoder.begin(this.inputs.scale.bos);
    for (let step = 0; step < probeSteps; step++) {
      if ((await pass(step)) === 'stop') return false;
      const index = step % this.batches.length;
      const texts = this.batches[index]!.map(({ text }) => text);
      await this.decoder.step({ z: z.subarray(index * size, (index + 1) * size), texts });
    }
    return true;
  }

  private pairsOf(h: Float32Array, scale: Standardisation): TextPairs {
    return { z: zScores(h, scale), texts: this.targets.map(({ text }) => text) };
  }

  private async read(arm: Arm, onProgress: (done: number, total: number) => void = () => undefined): Promise<Read> {
    const { measure, probes } = this.inputs;
    const pairs = this.batches.flat();
    const total = pairs.length + this.heldOut.length + this.targets.length;
    const of = (examples: readonly EncodedExample[], before: number): Promise<Float32Array> =>
      measure.interestOf(arm, examples, (done) => {
        onProgress(before + done, total);
      });
    return {
      pairs: await of(pairs, 0),
      heldOut: await of(this.heldOut, pairs.length),
      targets: await of(this.targets, total - this.targets.length),
      probes: await of(probes.examples, total),
    };
  }

  /** @param items their embeddings [items, e] */
  private readTargets(items: Float32Array): Read {
    const e = this.inputs.spec.objective.embeddingSize;
    const of = (examples: readonly EncodedExample[]): Float32Array => {
      const rows = new Float32Array(examples.length * e);
      examples.forEach(({ target }, row) => {
        rows.set(items.subarray(target * e, (target + 1) * e), row * e);
      });
      return rows;
    };
    return {
      pairs: of(this.batches.flat()),
      heldOut: of(this.heldOut),
      targets: of(this.targets),
      probes: of(this.inputs.probes.examples),
    };
  }
}

function imagesOf(
  { engine, data: { images }, spec }: DecodabilityInputs,
  read: Pick<ImageDecodabilityInputs, 'pairs' | 'heldOut' | 'targets' | 'cold'>,
): ImageDecodability | null {
  if (images === undefined) return null;
  const found = new ImageDecodability({ engine, images, seed: spec.seed, steps: spec.evaluation.probeSteps, ...read });
  return found.possible ? found : null;
}
