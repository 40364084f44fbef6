/**
 * What the models make of any history: best items, what [EMB] attends to, what h says. Has its own engine,
 * for one history at a time.
 */
import type { Arm } from '../../engine/arm';
import type { Engine } from '../../engine/engine';
import { Evaluator, type Ranking } from '../../engine/ranking/evaluator';
import { ProbeDecoder } from '../../engine/losses/probeDecoder';
import type { EncodedExample } from '../../engine/decoder/sequence';
import { stepSizes } from '../../engine/stepSizes';
import type { TrainedArm } from '../../engine/trainedArm';
import { addHistory, unitRows, ZERO_SHOT_ITEMS } from '../../measures/ranking/featureScores';
import { rankInPool } from '../../measures/ranking/candidatePools';
import { zScores } from '../../measures/fidelity/decodability';
import { ItemNeighbours } from '../../measures/ranking/itemNeighbours';
import { itemsOf, listOfBest } from '../../measures/ranking/bestItems';
import { averageRank } from '../../measures/ranking/ranking';
import { BASE_MODEL } from '../../record/generation';
import type { HistoryQuestion, InspectedModel, InspectionAnswer } from '../../record/inspection';
import { armSchema } from '../../recipe/runSpec';
import type { TrainedProbe } from '../evaluate/decodability';
import { drawnPicture, draws } from '../evaluate/drawnPicture';
import { inMemoryGroup } from '../../engine/context';
import { EditedKeys, type KeyEdits, type Operation } from '../../engine/decoder/editedKeys';
import { isSurgery, NO_SURGERY, type Surgery } from '../../record/surgery';
import { editsOf, historyShape, withoutAdapters } from './edits';
import { inspectedItem } from './findInLog';
import { inspectionEngine, type InspectionInputs } from './inspectionEngine';
import { beamScores } from '../evaluate/measure';
import { historyLabels, shownPositions } from '../prepare/probes';
import { itemScores } from '../evaluate/targetRankings';
import { t } from '../../words/words';

/** Items listed for each model. */
const TOP = 10;

/**
 * Arms in their current state, and the probe decoders trained on them; that of the untrained model under
 * null.
 */
export interface InspectedModels {
  readonly arms: readonly TrainedArm[];
  readonly probes: ReadonlyMap<string | null, TrainedProbe>;
}

/** An embedding whose text can be decoded, its arm on the GPU, and the probe decoder that reads it. */
interface Speaker {
  readonly arm: Arm;
  readonly interest: Float32Array;
  readonly probe: TrainedProbe | undefined;
}

export class Inspector {
  private readonly evaluator: Evaluator;
  private readonly base: Arm;
  /** Arms on the GPU, and the parameters that they last received. */
  private readonly shown = new Map<string, { readonly arm: Arm; flat: Float32Array }>();
  private readonly unit: Float32Array;
  private readonly neighbours: ItemNeighbours;
  private decoder: ProbeDecoder | null = null;
  /** Allocated by the first operation. */
  private keys: EditedKeys | null = null;

  private constructor(
    private readonly engine: Engine,
    private readonly inputs: InspectionInputs,
  ) {
    const { data, features, initial } = inputs;
    const { maxQueryTokens } = engine.inputs;
    const queryRows = maxQueryTokens > 0 ? 1 + maxQueryTokens : 0;
    this.evaluator = new Evaluator(engine, 1, stepSizes(engine.inputs).probeRows + queryRows);
    const untrained = armSchema.parse({ id: BASE_MODEL, label: t('Base model') });
    this.base = engine.createArm(untrained, initial.flat, 0);
    const items = data.log.items.length;
    this.unit = unitRows(features.hidden, items, features.hidden.length / items);
    this.neighbours = new ItemNeighbours(data.log, data.split);
  }

  /** Allocates memory for the frozen weights, the catalogue and one history. @throws what the GPU throws */
  static async open(inputs: InspectionInputs): Promise<Inspector> {
    return new Inspector(await inspectionEngine(inputs, 1), inputs);
  }

  destroy(): void {
    this.engine.destroy();
  }

  /**
   * Answers twice: at once without texts, then with them.
   * @param wanted called between models; false cancels the rest
   */
  async *answer(
    question: HistoryQuestion,
    { arms, probes }: InspectedModels,
    wanted: () => boolean,
  ): AsyncGenerator<InspectionAnswer, void> {
    const { data, model } = this.inputs;
    const { layers, heads } = model.config;
    const example = data.exampleOf(question.items, question.query);
    const surgery = surgeryOf(question, example);
    const options = this.engine.packOptions(false);
    const common = {
      labels: historyLabels(data.log, example, options, model.tokenizer),
      itemPositions: [...shownPositions(example, options)],
      layers,
      heads,
    };
    const found: InspectedModel[] = [await this.zeroShot(question, example, surgery), this.itemKnn(question, example)];
    const speakers = new Map<string, Speaker>();
    const ofBase = probes.get(null);
    if (ofBase) {
      const operation = await this.operation(this.base, example, surgery);
      const interest = await this.evaluator.interestOf(this.base, [example], { operation });
      speakers.set(BASE_MODEL, { arm: this.base, interest, probe: ofBase });
    }
    for (const trained of arms) {
      if (!wanted()) return;
      const arm = this.show(trained, surgery);
      const { model: seen, interest } = await this.look(arm, trained, question, example, surgery);
      found.push(seen);
      speakers.set(trained.spec.id, { arm, interest, probe: probes.get(trained.spec.id) });
    }
    yield { ...common, models: found };
    const spoken: InspectedModel[] = [];
    for (const one of found) {
      if (!wanted()) return;
      spoken.push({ ...one, texts: await this.texts(speakers.get(one.id)) });
    }
    yield { ...common, models: spoken };
  }

  /** An arm's list as the final evaluation ranks it, and its attention. */
  private async look(
    arm: Arm,
    trained: TrainedArm,
    question: HistoryQuestion,
    example: EncodedExample,
    surgery: Surgery,
  ): Promise<{ readonly model: InspectedModel; readonly interest: Float32Array }> {
    const { spec, step } = trained;
    const masked = this.maskOf(question);
    const wanted = { ...example, target: question.target ?? 0 };
    const { beamWidth } = this.inputs.spec.evaluation;
    const operation = await this.operation(arm, wanted, surgery);
    const ranked = await this.evaluator.rank(arm, [wanted], [[...masked]], {
      listed: this.inputs.features.codes === undefined ? 0 : TOP,
      beamWidth,
      operation,
    });
    const { interest, above, equal } = ranked;
    const e = interest.length;
    const model = {
      id: spec.id,
      label: spec.label,
      step,
      top: this.topOf(ranked, masked),
      rank: question.target === null ? null : averageRank(above[0]!, equal[0]!),
      attention: await this.attention(arm, example, operation),
      texts: null,
      ...this.picture(trained, interest.subarray(0, e)),
    };
    return { model, interest };
  }

  /** What an arm with L_img draws from h. */
  private picture(trained: TrainedArm, h: Float32Array): Pick<InspectedModel, 'picture'> {
    const { data, spec: recipe } = this.inputs;
    if (!draws(trained.spec)) return {};
    const { pixels, nearest } = drawnPicture({ data, recipe, layout: this.engine.layout }, trained, h);
    return {
      picture: { pixels, nearest: nearest.map(({ item, distance }) => ({ ...inspectedItem(data.log, item), distance })) },
    };
  }

  /**
   * The base model: its own attention, and the list of the zero-shot baseline, which needs no training
   * either.
   */
  private async zeroShot(question: HistoryQuestion, example: EncodedExample, surgery: Surgery): Promise<InspectedModel> {
    const { features, data } = this.inputs;
    const items = data.log.items.length;
    const width = this.unit.length / items;
    const query = new Float64Array(width);
    addHistory(query, 0, { features: features.hidden, hidden: width }, example.history, ZERO_SHOT_ITEMS);
    const size = Math.hypot(...query);
    const scores = Float64Array.from({ length: items }, (_, item) => {
      let sum = 0;
      for (let c = 0; c < width; c++) sum += query[c]! * this.unit[item * width + c]!;
      return size === 0 ? 0 : sum / size;
    });
    const operation = await this.operation(this.base, example, surgery);
    const attention = await this.attention(this.base, example, operation);
    return { ...this.listed(question, scores), id: BASE_MODEL, label: t('Base model, zero-shot'), step: 0, attention };
  }

  private itemKnn(question: HistoryQuestion, { history }: EncodedExample): InspectedModel {
    const scores = new Float64Array(this.inputs.data.log.items.length);
    for (const [item, score] of this.neighbours.scores(history)) scores[item] = score;
    return { ...this.listed(question, scores), id: 'itemKnn', label: 'Item-kNN', step: null, attention: null };
  }

  private listed(question: HistoryQuestion, scores: Float64Array): Pick<InspectedModel, 'top' | 'rank' | 'texts'> {
    const masked = this.maskOf(question);
    return { top: this.best(scores, masked), rank: rankAmong(scores, question.target, masked), texts: null };
  }

  /** The best items of an arm: by embeddings, or those that its beams find. */
  private topOf(ranked: Ranking, masked: ReadonlySet<number>): InspectedModel['top'] {
    const { interest, items, top, decoded } = ranked;
    const e = interest.length;
    if (decoded === undefined) {
      const scoreOf = itemScores(0, interest, items, e, ranked.bias);
      return this.best(
        Float64Array.from({ length: items.length / e }, (_, item) => scoreOf(item)),
        masked,
      );
    }
    const score = beamScores(ranked, 0, TOP);
    const listed = itemsOf(top).filter((item) => !masked.has(item));
    return listed.map((item) => ({ ...inspectedItem(this.inputs.data.log, item), score: score(item) }));
  }

  private best(scores: ArrayLike<number>, masked: ReadonlySet<number>): InspectedModel['top'] {
    const { log } = this.inputs.data;
    const list = listOfBest(scores.length, (item) => (masked.has(item) ? null : scores[item]!), TOP);
    return list.map((item) => ({ ...inspectedItem(log, item), score: scores[item]! }));
  }

  /** The whole history, including what is too old for the models to see, but never the target. */
  private maskOf({ items, target }: HistoryQuestion): Set<number> {
    const masked = new Set(this.inputs.spec.evaluation.maskHistory ? items : []);
    if (target !== null) masked.delete(target);
    return masked;
  }

  /** [EMB]'s row: [layers, heads, positions]. */
  private async attention(arm: Arm, example: EncodedExample, operation?: Operation<EncodedExample>): Promise<Float32Array> {
    const { layers, heads } = this.inputs.model.config;
    const maps = await this.evaluator.attention(arm, [example], operation);
    const rows = Math.round(Math.sqrt(maps.length / (layers * heads)));
    const last = new Float32Array(layers * heads * rows);
    for (let plane = 0; plane < layers * heads; plane++) {
      const from = ((plane + 1) * rows - 1) * rows;
      last.set(maps.subarray(from, from + rows), plane * rows);
    }
    return last;
  }

  private async texts(speaker: Speaker | undefined): Promise<NonNullable<InspectedModel['texts']>> {
    if (!speaker) return { own: null, probe: null };
    const { engine, evaluator, inputs } = this;
    const { maxTextTokens, embeddingSize } = inputs.spec.objective;
    const { arm, interest, probe } = speaker;
    const said = (tokens: readonly number[][]): string => inputs.model.tokenizer.decode(tokens[0]!);
    const own = arm.spec.lambdaRec > 0 ? said(await evaluator.texts.decode(engine.use(arm), interest, maxTextTokens)) : null;
    if (!probe) return { own, probe: null };
    this.decoder ??= new ProbeDecoder(engine, { steps: 1, learningRate: 0 });
    this.decoder.set(probe.parameters);
    const z = zScores(interest.subarray(0, embeddingSize), probe.scale);
    return { own, probe: said(await evaluator.texts.decode(this.decoder.reader, z, maxTextTokens)) };
  }

  /**
   * What is done to an arm's attention on a history; undefined if nothing. α is that before the operation.
   */
  private async operation(arm: Arm, example: EncodedExample, surgery: Surgery): Promise<Operation<EncodedExample> | undefined> {
    if (!isSurgery(surgery)) return undefined;
    const { engine, inputs } = this;
    this.keys ??= new EditedKeys(
      inMemoryGroup(engine.context, 'evaluation'),
      inputs.model.config,
      engine.histories.pass.capacity,
    );
    const { keys } = this;
    let before = new Float32Array();
    const onImportance = (_: EncodedExample, alpha: Float32Array<ArrayBuffer>): void => {
      before = alpha;
    };
    await this.evaluator.interestOf(arm, [example], { operation: { keys, edits: () => null, onImportance } });
    const edits = (_: EncodedExample, length: number): KeyEdits =>
      editsOf(surgery, historyShape(engine, arm.spec, example, length), before, inputs.spec.evaluation.sinkThreshold);
    return { keys, edits };
  }

  /** The arm on the GPU, in its current state, without the adapters that are cut. */
  private show({ spec, layout, flat: whole }: TrainedArm, { adapters }: Surgery): Arm {
    const flat = withoutAdapters(layout, whole, adapters);
    const known = this.shown.get(spec.id);
    if (known === undefined) {
      const arm = this.engine.createArm(spec, flat, 0);
      this.shown.set(spec.id, { arm, flat });
      return arm;
    }
    if (known.flat !== flat) this.engine.writeParameters(known.arm, flat);
    known.flat = flat;
    return known.arm;
  }
}

/** The operation that is asked for, its item counted from the first that the models see. */
function surgeryOf({ surgery = NO_SURGERY, items }: HistoryQuestion, { history }: EncodedExample): Surgery {
  if (surgery.blocked === null) return surgery;
  const place = surgery.blocked - (items.length - history.length);
  return { ...surgery, blocked: place < 0 || place >= history.length ? null : place };
}

/** Average rank of an item among those that are not masked; null without a target. */
function rankAmong(scores: Float64Array, wanted: number | null, masked: ReadonlySet<number>): number | null {
  if (wanted === null) return null;
  const pool = Uint32Array.from(scores.keys()).filter((item) => !masked.has(item));
  return rankInPool(pool, wanted, (item) => scores[item]!);
}
