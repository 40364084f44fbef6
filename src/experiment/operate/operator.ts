/**
 * Operates on trained models and ranks test targets before and after. Histories are encoded once; attention
 * before the operation, which says where the sinks are, is read once for each model.
 */
import type { Arm } from '../../engine/arm';
import type { Engine } from '../../engine/engine';
import type { EncodedExample } from '../../engine/decoder/sequence';
import { Evaluator } from '../../engine/ranking/evaluator';
import { Divergence } from '../../engine/terms/kl/divergence';
import { textDivergence } from '../../engine/terms/kl/textDivergence';
import { slotOf } from '../../engine/parameters';
import { EditedKeys, type KeyEdits, type Operation } from '../../engine/decoder/editedKeys';
import type { TrainedArm } from '../../engine/trainedArm';
import { inMemoryGroup } from '../../engine/context';
import { forkRandom } from '../../log/random';
import { sampleUsers } from '../../log/sampling';
import type { Target } from '../../log/types';
import { averageRank } from '../../measures/ranking/ranking';
import { domainTextsOf } from '../../model/domainTexts/domainTexts';
import type { DialledArm, DialPoint } from '../../record/dial';
import { BASE_MODEL } from '../../record/generation';
import { NO_SURGERY, type OperatedModel, type Surgery, type SurgeryDifference, type SurgeryEffect } from '../../record/surgery';
import { armSchema, type ArmSpec } from '../../recipe/runSpec';
import { pairedTTest } from '../../statistics/hypothesis';
import { compareHits } from '../../statistics/pairedHits';
import { logSumExp } from '../../statistics/logSumExp';
import { mean, pairedDifference } from '../../statistics/statistics';
import { itemScores } from '../evaluate/targetRankings';
import { chooseDriftTexts } from '../prepare/driftTexts';
import { inspectionEngine, type InspectionInputs } from '../inspect/inspectionEngine';
import { t } from '../../words/words';
import { DIAL, dialled, LEADING, withLeading } from './dial';
import { controlOf, editsOf, historyShape, SinkShare, withoutAdapters, type SequenceShape, type Taken } from '../inspect/edits';

/** Hits are counted among so many best items. */
export const OPERATED_KS = [10, 200] as const;
/** Histories that a pass has room for at least. */
const HISTORIES = 16;
/** Histories on which distributions over the catalogue are compared: they are computed on the CPU. */
const DIVERGED = 100;

/** What a model does on the targets and texts. */
interface Outcome {
  readonly ranks: Float64Array;
  readonly nlls: readonly number[];
  readonly sinkRate: number;
}

/** A model before anything is done to it, and α of every sequence. */
interface Known {
  readonly flat: Float32Array;
  readonly outcome: Outcome;
  readonly histories: ReadonlyMap<EncodedExample, Float32Array>;
  readonly texts: ReadonlyMap<readonly number[], Float32Array>;
}

/** Reports how far an operation is; false stops it before the next pass. */
export type OperationWatch = (done: number, total: number) => boolean;

export class Operator {
  private readonly evaluator: Evaluator;
  private readonly keys: EditedKeys;
  private readonly examples: readonly EncodedExample[];
  private readonly masked: readonly (readonly number[])[];
  private readonly owners: readonly number[];
  private readonly texts: readonly (readonly number[])[];
  private readonly itemTexts: readonly (readonly number[])[];
  private readonly divergence: Divergence;
  private readonly shapes = new Map<EncodedExample, SequenceShape>();
  private readonly untrained: ArmSpec;
  private readonly arms = new Map<string, Arm>();
  private readonly known = new Map<string, Known>();

  private constructor(
    private readonly engine: Engine,
    private readonly inputs: InspectionInputs,
    targets: readonly Target[],
  ) {
    const { data, spec, model } = inputs;
    this.evaluator = new Evaluator(engine, 1, 1);
    this.keys = new EditedKeys(inMemoryGroup(engine.context, 'evaluation'), model.config, engine.histories.pass.capacity);
    this.examples = targets.map((target) => data.exampleFor(target));
    this.masked = spec.evaluation.maskHistory ? targets.map((target) => data.historyOf(target)) : [];
    this.owners = targets.map(({ user }) => user);
    const longest = spec.objective.maxTextTokens - 1;
    const { eosId } = model.config;
    this.texts = domainTextsOf(spec).map((text) => [...model.tokenizer.encode(text).slice(0, longest), eosId]);
    this.itemTexts = chooseDriftTexts(data, spec);
    this.divergence = new Divergence(
      inMemoryGroup(engine.context, 'evaluation'),
      engine.decoder.weights,
      engine.histories.pass.capacity,
    );
    this.untrained = armSchema.parse({ id: BASE_MODEL, label: t('Base model') });
  }

  /**
   * @param targets how many test targets, the first of those that the run's final evaluation ranks; all:
   * Infinity
   * @throws what the GPU throws
   */
  static async open(inputs: InspectionInputs, targets: number): Promise<Operator> {
    const { data, spec } = inputs;
    const chosen = sampleUsers(data.split.test, Math.min(targets, data.split.test.length), spec.seed);
    return new Operator(await inspectionEngine(inputs, HISTORIES), inputs, chosen);
  }

  destroy(): void {
    this.engine.destroy();
  }

  get targets(): number {
    return this.examples.length;
  }

  /** The base model as it is compared with arms: without LoRA, its heads as they start. */
  get base(): TrainedArm {
    const { layout, flat } = this.inputs.initial;
    return { spec: this.untrained, step: 0, layout, flat };
  }

  /** An operation on one model, with its control; null when it was stopped. */
  async operate(trained: TrainedArm, surgery: Surgery, watch: OperationWatch = () => true): Promise<OperatedModel | null> {
    const controlled = surgery.sinks < 1;
    const passes = this.examples.length * (controlled ? 3 : 2);
    let begun = 0;
    const progress = (done: number): boolean => watch(begun + done, passes);
    const before = await this.before(trained, progress);
    if (before === null) return null;
    begun = this.examples.length;
    const after = await this.run(trained, before, surgery, progress);
    if (after === null) return null;
    begun += this.examples.length;
    const other = controlled ? await this.runControl(trained, before, surgery, progress) : null;
    if (controlled && other === null) return null;
    const taken = other?.taken ?? { sinks: 0, control: 0, rows: 0 };
    return {
      id: trained.spec.id,
      label: trained.spec.label,
      before: this.levels(before.outcome),
      effect: this.effect(before.outcome, after),
      control: other && this.effect(before.outcome, other.outcome),
      taken: {
        sinks: taken.rows === 0 ? 0 : taken.sinks / taken.rows,
        control: taken.sinks === 0 ? 1 : taken.control / taken.sinks,
      },
    };
  }

  /** ΔHR of cutting each head alone: [layers · heads], null when it was stopped. */
  async heads(
    trained: TrainedArm,
    watch: OperationWatch = () => true,
  ): Promise<readonly Readonly<Record<number, SurgeryDifference>>[] | null> {
    const { layers, heads } = this.inputs.model.config;
    const planes = layers * heads;
    const total = this.examples.length * (planes + 1);
    const before = await this.before(trained, (done) => watch(done, total));
    if (before === null) return null;
    const effects: Readonly<Record<number, SurgeryDifference>>[] = [];
    for (let plane = 0; plane < planes; plane++) {
      const begun = this.examples.length * (plane + 1);
      const surgery = { ...NO_SURGERY, heads: [plane] };
      const after = await this.run(trained, before, surgery, (done) => watch(begun + done, total), false);
      if (after === null) return null;
      effects.push(this.hits(before.outcome, after));
    }
    return effects;
  }

  /** An arm at every point of the dial; null when it was stopped. */
  async dial(trained: TrainedArm, watch: OperationWatch = () => true): Promise<DialledArm | null> {
    const { layout, flat } = trained;
    const settings = [
      ...DIAL.map((t) => ({ t, leading: false, at: dialled(layout, flat, t) })),
      { t: LEADING, leading: true, at: withLeading(layout, flat, LEADING) },
    ];
    const total = settings.length;
    const base = await this.catalogueOf(this.base);
    const points: DialPoint[] = [];
    for (const { t, leading, at } of settings) {
      if (!watch(points.length, total)) return null;
      const arm = this.load({ ...trained, flat: at }, NO_SURGERY);
      const outcome = await this.outcome(arm, PLAIN, () => watch(points.length, total));
      if (outcome === null) return null;
      const klTexts = await textDivergence(this.engine, this.divergence, arm, this.itemTexts);
      const klCatalogue = divergenceOf(base, await this.catalogueOf({ ...trained, flat: at }));
      const { ranks, nlls: domain, sinkRate } = outcome;
      const { hits } = this.levels(outcome);
      points.push({ t, leading, hits, hit10: Array.from(ranks, (rank) => rank <= 10), domain, sinkRate, klTexts, klCatalogue });
    }
    watch(total, total);
    return { id: trained.spec.id, label: trained.spec.label, points };
  }

  /** Log-probabilities of the catalogue after some histories [histories, items]. */
  private async catalogueOf(trained: TrainedArm): Promise<Float64Array[]> {
    const { evaluator, inputs } = this;
    const arm = this.load(trained, NO_SURGERY);
    const { items } = await evaluator.catalogue(arm);
    const interest = await evaluator.interestOf(arm, this.examples.slice(0, DIVERGED));
    const bias = await evaluator.loadBias(arm);
    const { embeddingSize: e, similarity } = inputs.spec.objective;
    const scale = similarity === 'cosine' ? Math.exp(trained.flat[slotOf(trained.layout, 'log_scale').offset]!) : 1;
    return Array.from({ length: interest.length / e }, (_, row) => {
      const scoreOf = itemScores(row, interest, items, e, bias);
      const scores = Float64Array.from({ length: items.length / e }, (_, item) => scale * scoreOf(item));
      const total = logSumExp(scores);
      return scores.map((score) => score - total);
    });
  }

  private levels({ ranks, nlls, sinkRate }: Outcome): OperatedModel['before'] {
    const share = (k: number): number => mean(Array.from(ranks, (rank) => Number(rank <= k)));
    const hits = Object.fromEntries(OPERATED_KS.map((k) => [k, share(k)]));
    return { hits, domain: nlls.length === 0 ? null : mean(nlls), sinkRate };
  }

  private hits(before: Outcome, after: Outcome): SurgeryEffect['hits'] {
    const at = (ranks: Float64Array, k: number): boolean[] => Array.from(ranks, (rank) => rank <= k);
    return Object.fromEntries(
      OPERATED_KS.map((k) => {
        const found = compareHits(at(after.ranks, k), at(before.ranks, k), this.owners);
        return [k, found === null ? NOTHING : { mean: found.difference, low: found.low, high: found.high, p: found.p }];
      }),
    );
  }

  private effect(before: Outcome, after: Outcome): SurgeryEffect {
    return { hits: this.hits(before, after), domain: differenceOf(after.nlls, before.nlls), sinkRate: after.sinkRate };
  }

  /** The model as it is, read once. */
  private async before(trained: TrainedArm, watch: (done: number) => boolean): Promise<Known | null> {
    const { id } = trained.spec;
    const old = this.known.get(id);
    if (old?.flat === trained.flat) return old;
    const histories = new Map<EncodedExample, Float32Array>();
    const texts = new Map<readonly number[], Float32Array>();
    const outcome = await this.outcome(
      this.load(trained, NO_SURGERY),
      {
        histories: () => null,
        texts: () => null,
        onHistory: (example, alpha) => histories.set(example, alpha),
        onText: (text, alpha) => texts.set(text, alpha),
      },
      watch,
    );
    if (outcome === null) return null;
    const known = { flat: trained.flat, outcome, histories, texts };
    this.known.set(id, known);
    return known;
  }

  private run(
    trained: TrainedArm,
    before: Known,
    surgery: Surgery,
    watch: (done: number) => boolean,
    measured = true,
  ): Promise<Outcome | null> {
    const threshold = this.inputs.spec.evaluation.sinkThreshold;
    return this.outcome(
      this.load(trained, surgery),
      {
        histories: (example, shape) => editsOf(surgery, shape, before.histories.get(example)!, threshold),
        texts: (text, shape) => editsOf({ ...surgery, blocked: null }, shape, before.texts.get(text)!, threshold),
        measured,
      },
      watch,
    );
  }

  private async runControl(
    trained: TrainedArm,
    before: Known,
    surgery: Surgery,
    watch: (done: number) => boolean,
  ): Promise<{ readonly outcome: Outcome; readonly taken: Taken } | null> {
    const { seed, evaluation } = this.inputs.spec;
    let taken: Taken = { sinks: 0, control: 0, rows: 0 };
    const drawn = (shape: SequenceShape, alpha: Float32Array, kind: string, place: number): ReturnType<typeof controlOf> =>
      controlOf(surgery, shape, alpha, evaluation.sinkThreshold, forkRandom(seed, `surgery control ${kind}`, place));
    const outcome = await this.outcome(
      this.load(trained, surgery),
      {
        histories: (example, shape) => {
          const found = drawn(shape, before.histories.get(example)!, 'history', this.examples.indexOf(example));
          taken = {
            sinks: taken.sinks + found.taken.sinks,
            control: taken.control + found.taken.control,
            rows: taken.rows + found.taken.rows,
          };
          return found.edits;
        },
        texts: (text, shape) => drawn(shape, before.texts.get(text)!, 'text', this.texts.indexOf(text)).edits,
      },
      watch,
    );
    return outcome && { outcome, taken };
  }

  /** Ranks all targets and reads all texts; null when the watch answered false. */
  private async outcome(
    arm: Arm,
    operation: {
      readonly histories: (example: EncodedExample, shape: SequenceShape) => KeyEdits | null;
      readonly texts: (text: readonly number[], shape: SequenceShape) => KeyEdits | null;
      readonly onHistory?: (example: EncodedExample, alpha: Float32Array) => void;
      readonly onText?: (text: readonly number[], alpha: Float32Array) => void;
      /** Whether texts and sinks are measured, and not ranks alone. */
      readonly measured?: boolean;
    },
    watch: (done: number) => boolean,
  ): Promise<Outcome | null> {
    const { keys, evaluator, examples, masked } = this;
    const { measured = true } = operation;
    const share = new SinkShare(this.inputs.spec.evaluation.sinkThreshold);
    const onHistories: Operation<EncodedExample> = {
      keys,
      edits: (example, length) => operation.histories(example, this.shapeOf(arm, example, length)),
      ...(measured && {
        onImportance: (example: EncodedExample, alpha: Float32Array) => {
          share.add(this.shapes.get(example)!, alpha);
          operation.onHistory?.(example, alpha);
        },
      }),
    };
    const stop = new Stopped();
    const onProgress = (done: number): void => {
      if (!watch(done)) throw stop;
    };
    try {
      const { above, equal } = await evaluator.rank(arm, examples, masked, { onProgress, operation: onHistories });
      const nlls = measured
        ? await evaluator.textNlls(arm, this.texts, {
            keys,
            edits: (text, length) => operation.texts(text, this.textShape(length)),
            ...(operation.onText && { onImportance: operation.onText }),
          })
        : [];
      const ranks = Float64Array.from(above, (count, row) => averageRank(count, equal[row]!));
      return { ranks, nlls, sinkRate: share.share };
    } catch (error) {
      if (error === stop) return null;
      throw error;
    }
  }

  private shapeOf(arm: Arm, example: EncodedExample, length: number): SequenceShape {
    const known = this.shapes.get(example);
    if (known?.length === length) return known;
    const shape = historyShape(this.engine, arm.spec, example, length);
    this.shapes.set(example, shape);
    return shape;
  }

  private textShape(length: number): SequenceShape {
    const { layers, heads } = this.inputs.model.config;
    return { layers, heads, length, items: Array.from({ length: length - 1 }, (_, row) => row + 1), rowsOfItems: [] };
  }

  /** A model on the GPU, without the adapters of some layers. */
  private load({ spec, layout, flat }: TrainedArm, { adapters }: Surgery): Arm {
    const cut = withoutAdapters(layout, flat, adapters);
    const known = this.arms.get(spec.id);
    if (known !== undefined) {
      this.engine.writeParameters(known, cut);
      return known;
    }
    const arm = this.engine.createArm(spec, cut, 0);
    this.arms.set(spec.id, arm);
    return arm;
  }
}

class Stopped extends Error {}

/** An outcome of a model that nothing is done to. */
const PLAIN = { histories: () => null, texts: () => null };

/** Mean KL(base‖arm) of distributions over the catalogue, in nats. */
function divergenceOf(base: readonly Float64Array[], arm: readonly Float64Array[]): number {
  return mean(base.map((p, row) => p.reduce((sum, value, item) => sum + Math.exp(value) * (value - arm[row]![item]!), 0)));
}

const NOTHING: SurgeryDifference = { mean: 0, low: 0, high: 0, p: 1 };

function differenceOf(after: readonly number[], before: readonly number[]): SurgeryDifference | null {
  if (after.length < 2) return null;
  const { mean: difference, low, high } = pairedDifference(after, before);
  const p = pairedTTest(after.map((value, text) => value - before[text]!))?.p ?? 1;
  return { mean: difference, low: low ?? difference, high: high ?? difference, p };
}
