/** One evaluation of one arm: ranking, sinks, collapse, drift, and what its embeddings say. */
import type { Target } from '../../log/types';
import type { Engine } from '../../engine/engine';
import { stepsOf, type Arm } from '../../engine/arm';
import { Evaluator, type Ranking } from '../../engine/ranking/evaluator';
import { collisionRate } from '../../model/codes/itemCodes';
import type { SoftReader } from '../../engine/terms/rec/reconstruction';
import type { EncodedExample } from '../../engine/decoder/sequence';
import { encodeAttention } from '../../measures/sinks/attentionCodec';
import type { TargetRanking } from '../../measures/ranking/baselines';
import { itemsOf, listOfBest } from '../../measures/ranking/bestItems';
import { collapseMeasures, collapseValues, type CollapseMeasures } from '../../measures/collapse/collapse';
import { contentTable, meanOfTables } from '../../measures/sinks/contentTest';
import { coldTargets } from '../../measures/ranking/ranking';
import { pictureTable, sinkTables, tableMeans } from '../../measures/sinks/sinks';
import { UserSinkTables } from '../../measures/sinks/userSinks';
import type { TextTokenizer } from '../../model/decoderConfig';
import type {
  AttentionSnapshot,
  Continuation,
  Evaluation,
  Measured,
  EmbeddingProjection,
  ProbeReading,
  Sinks,
  UserSinks,
} from '../../record/runRecord';
import { withMeasures } from '../../record/withMeasures';
import { toBase64 } from '../../record/base64';
import { withoutOpacity } from '../../record/pixels';
import { promptsOf } from '../../recipe/prompts';
import type { RunSpec } from '../../recipe/runSpec';
import { mean } from '../../statistics/statistics';
import type { MeasuringAmount } from './measuringPlan';
import type { OverlapSample } from './overlap';
import { chooseDriftTexts } from '../prepare/driftTexts';
import type { PreparedData } from '../prepare/preparedData';
import type { Probes } from '../prepare/probes';
import { domainTextsOf } from '../../model/domainTexts/domainTexts';
import { drawnPicture, draws } from './drawnPicture';
import { ProjectionPlane } from './projected';
import { Writing } from './writing';
import { itemScores, type TargetRankings } from './targetRankings';

/** Items listed in a reading. */
const TOP_ITEMS = 5;

export interface MeasureOptions {
  readonly population: Evaluation['population'];
  readonly targets: readonly Target[];
  /** Called with the number of targets whose histories have been processed. */
  readonly onProgress: (done: number) => void;
  readonly seconds: number;
  /** Whether arms with a trained decoder decode their embeddings: slow on software adapters. */
  readonly decode: boolean;
  /** Receives the best items of every target, as `TargetRankings.listed` says: [targets, listed]. */
  readonly onListed?: ((items: Uint32Array) => void) | undefined;
  /** Overlap sample of the targets, if these are the final ones. */
  readonly overlap?: OverlapSample;
}

/** Measures of an arm's LLM, on the same histories and texts at every step. */
export interface FixedMeasures {
  readonly snapshot: AttentionSnapshot;
  readonly sinks: Evaluation['sinks'];
  /** NLL per token of item texts, and of texts of the model's domain; null if there are none. */
  readonly nll: { readonly item: number; readonly domain: number | null };
  readonly continuations?: readonly Continuation[] | undefined;
}

interface RankedTargets {
  readonly ranking: TargetRanking;
  /** Interest embeddings [users, e] and item embeddings [items, e]. */
  readonly interest: Float32Array;
  readonly items: Float32Array;
  /** Added to the scores of each item; null: nothing. */
  readonly bias: Float32Array | null;
  /** Null where maps are by item, which only those of the probes are. */
  readonly userSinks: UserSinks | null;
  /**
   * Share of the users for whom greedy decoding of codes ends in an item's; null where items are ranked by
   * embeddings.
   */
  readonly validity: number | null;
}

/** Measures of language, by ID. @param base of the base model */
export function languageValues(nll: FixedMeasures['nll'], base: FixedMeasures['nll']): Measured['values'] {
  return {
    lmNll: nll.item,
    lmDrift: nll.item - base.item,
    ...(nll.domain !== null && { domainNll: nll.domain, domainDrift: nll.domain - (base.domain ?? nll.domain) }),
  };
}

export class ArmEvaluator {
  private known: FixedMeasures | null = null;
  /**
   * For every arm, the step at which it was last measured: the final step is evaluated twice, on the sample
   * and on all users.
   */
  private readonly measured = new Map<Arm, { readonly step: number; readonly of: FixedMeasures }>();
  private orders: number;
  private plane: ProjectionPlane | null = null;
  private itemCollapse: { readonly items: Float32Array; readonly measures: CollapseMeasures } | null = null;
  readonly evaluator: Evaluator;
  private driftTexts: readonly (readonly number[])[];
  private readonly writing: Writing;
  private domainTexts: readonly (readonly number[])[];

  constructor(
    private readonly engine: Engine,
    private readonly data: PreparedData,
    private readonly probes: Probes,
    private readonly spec: RunSpec,
    private readonly tokenizer: TextTokenizer,
    private readonly rankings: TargetRankings,
  ) {
    this.evaluator = new Evaluator(engine, probes.examples.length, probes.rows, spec.evaluation.sinkThreshold);
    this.orders = probes.permuted.length;
    this.driftTexts = chooseDriftTexts(data, spec);
    this.writing = new Writing(this.evaluator.continuations, tokenizer, promptsOf(spec));
    const { eosId } = engine.inputs.config;
    // Truncated like item texts.
    const longest = spec.objective.maxTextTokens - 1;
    this.domainTexts = domainTextsOf(spec).map((text) => [...tokenizer.encode(text).slice(0, longest), eosId]);
  }

  /**
   * Rows that passes take: of the attention maps with items in one order, of a text of LM drift with its
   * share of the domain's, and of one more token after every prompt.
   */
  get rows(): { readonly map: number; readonly text: number; readonly token: number } {
    const { probes, driftTexts, domainTexts, writing } = this;
    const ofTexts = [...driftTexts, ...domainTexts].reduce((sum, text) => sum + text.length + 1, 0);
    return {
      map: probes.examples.length * probes.rows,
      text: ofTexts / Math.max(1, driftTexts.length),
      token: writing.rows,
    };
  }

  /**
   * Measures fewer texts, shorter continuations, and maps in fewer orders, from here on. Call before
   * `setBase`.
   */
  cut({ texts, tokens, orders }: MeasuringAmount): void {
    this.driftTexts = this.driftTexts.slice(0, texts);
    this.domainTexts = this.domainTexts.slice(0, texts);
    this.writing.shorten(tokens);
    this.orders = orders;
  }

  /** h_t of every example: [examples, e]. */
  interestOf(arm: Arm, examples: readonly EncodedExample[], onProgress: (done: number) => void): Promise<Float32Array> {
    return this.evaluator.interestOf(arm, examples, { onProgress });
  }

  /** Item embeddings [items, e], as ranked. */
  async itemsOf(arm: Arm): Promise<Float32Array> {
    return (await this.evaluator.catalogue(arm)).items;
  }

  /** Text that a decoder reads from each embedding [texts, e], greedily. */
  async decode(reader: SoftReader, embeddings: Float32Array): Promise<string[]> {
    return (await this.decodeTokens(reader, embeddings, Infinity)).map((text) => this.tokenizer.decode(text));
  }

  /** Tokens decoded from each embedding: at most `most`, and no more than item texts may have. */
  decodeTokens(reader: SoftReader, embeddings: Float32Array, most: number): Promise<number[][]> {
    return this.evaluator.texts.decode(reader, embeddings, Math.min(most, this.spec.objective.maxTextTokens));
  }

  /**
   * Attention of the probes with its statistics, the NLL per token of the drift texts, and how the prompts
   * continue: once per arm and step.
   */
  async fixed(arm: Arm): Promise<FixedMeasures> {
    const before = this.measured.get(arm);
    if (before?.step === arm.step) return before.of;
    const of = await this.fixedAgain(arm);
    this.measured.set(arm, { step: arm.step, of });
    return of;
  }

  /** As `fixed`, but computed even if known, for timing. */
  async fixedAgain(arm: Arm): Promise<FixedMeasures> {
    // First what keeps the device busy longest, since callers work meanwhile.
    const item = await this.evaluator.textNll(arm, this.driftTexts);
    const attention = await this.attention(arm);
    const domain = this.domainTexts.length === 0 ? null : await this.evaluator.textNll(arm, this.domainTexts);
    return { ...attention, nll: { item, domain }, continuations: await this.writing.of(arm) };
  }

  /**
   * Measures an untrained arm, which is the base model, with which drift and continuations are compared. Call
   * before measuring other arms.
   */
  async setBase(untrained: Arm): Promise<void> {
    this.known = await this.fixed(untrained);
  }

  /** What `setBase` measured. @throws Error if it has not been called: a mistake in the order of stages */
  get base(): FixedMeasures {
    if (this.known === null) throw new Error('the base model has not been measured');
    return this.known;
  }

  /**
   * Fixes the plane in which every evaluation on the sample draws embeddings: that of the item embeddings
   * before the first step.
   */
  async setPlane(untrained: Arm, sample: readonly Target[]): Promise<EmbeddingProjection> {
    const items = await this.itemsOf(untrained);
    this.plane = new ProjectionPlane(this.data, sample, items, this.spec.objective.embeddingSize, this.spec.seed);
    return this.plane.described;
  }

  private async attention(arm: Arm): Promise<Omit<FixedMeasures, 'nll' | 'continuations'>> {
    const { layers, heads } = this.engine.inputs.config;
    const { probes } = this;
    const maps = await this.evaluator.attention(arm, probes.examples);
    const shape = { probes: probes.examples.length, layers, heads, length: probes.length };
    const itemPositions = probes.positions.map((of) => of.itemPositions);
    const tables = [];
    for (const other of probes.permuted.slice(0, this.orders)) {
      const attention = await this.evaluator.attention(arm, other.examples);
      tables.push(contentTable({ attention: maps, itemPositions }, { ...other, attention }, shape));
    }
    const { visual } = this.data.log;
    const pictured = probes.examples.map(({ history }, probe) =>
      Array.from(history.slice(-itemPositions[probe]!.length), (item) => visual?.present[item] === 1),
    );
    const pictureAlpha = pictureTable(maps, shape, probes.positions, pictured);
    const content = meanOfTables(tables.filter((table) => table !== null));
    const measured = sinkTables(maps, shape, probes.positions, this.spec.evaluation.sinkThreshold);
    const all: Sinks['tables'] = {
      ...measured.tables,
      ...(content !== null && { contentCorrelation: content }),
      ...(pictureAlpha !== null && { pictureAlpha }),
    };
    return {
      snapshot: encodeAttention(maps, shape, stepsOf(arm)),
      sinks: { ...measured, tables: all, means: tableMeans(all) },
    };
  }

  /**
   * Attention statistics over the users of these targets, without a ranking; null where maps are by item,
   * which only those of the probes are.
   */
  async sinksOf(arm: Arm, targets: readonly Target[], onProgress: (done: number) => void): Promise<UserSinks | null> {
    const sinks = this.emptySinks();
    if (sinks === null) return null;
    const examples = targets.map((target) => this.data.exampleFor(target));
    await this.evaluator.interestOf(arm, examples, { onProgress, onSinks: sinks.add.bind(sinks) });
    return sinks.means();
  }

  private emptySinks(): UserSinkTables | null {
    const { config, features } = this.engine.inputs;
    const { layers, heads } = config;
    return features.codes !== undefined ? null : new UserSinkTables(layers, heads, this.spec.evaluation.sinkThreshold);
  }

  /**
   * How an arm ranks every target, with the embeddings that it ranks by and the users' attention statistics.
   */
  async rank(arm: Arm, targets: readonly Target[], onProgress: (done: number) => void = () => undefined): Promise<RankedTargets> {
    const { maskHistory, beamWidth } = this.spec.evaluation;
    const examples = targets.map((target) => this.data.exampleFor(target));
    const masked = maskHistory ? targets.map((target) => this.data.historyOf(target)) : [];
    const sinks = this.emptySinks();
    const { listed } = this.rankings;
    const watch = { onProgress, ...(sinks && { onSinks: sinks.add.bind(sinks) }) };
    const ranked = await this.evaluator.rank(arm, examples, masked, { ...watch, listed, beamWidth });
    const { interest, items, bias, decoded } = ranked;
    const validity = decoded === undefined ? null : mean(Array.from(decoded.valid));
    return { ranking: this.rankings.of(ranked, targets), interest, items, bias, userSinks: sinks?.means() ?? null, validity };
  }

  /** Of item embeddings, which no step changes where they are the features. */
  private collapseOf(items: Float32Array): CollapseMeasures {
    const known = this.itemCollapse;
    if (known?.items.length === items.length && known.items.every((value, at) => value === items[at])) return known.measures;
    const measures = collapseMeasures(items, this.spec.objective.embeddingSize);
    this.itemCollapse = { items, measures };
    return measures;
  }

  async evaluate(
    arm: Arm,
    options: MeasureOptions,
  ): Promise<{ readonly evaluation: Evaluation; readonly attention: AttentionSnapshot }> {
    const { data, spec } = this;
    const { embeddingSize } = spec.objective;
    const { targets } = options;
    const { codes } = this.engine.inputs.features;
    const pace = new Pace();
    const {
      ranking: ranked,
      interest,
      items,
      bias,
      userSinks,
      validity,
    } = await this.rank(arm, targets, (done) => {
      pace.reached(done);
      options.onProgress(done);
    });
    options.onListed?.(ranked.top);
    const { base } = this;
    const [fixed, collapse] = await meanwhile(this.fixed(arm), () => ({
      interest: collapseMeasures(interest, embeddingSize),
      item: this.collapseOf(items),
    }));
    const { snapshot, sinks, nll, continuations } = fixed;
    const overlap = this.rankings.overlaps ? options.overlap?.measure(ranked.top, this.rankings.listed) : undefined;
    const measured = withMeasures(this.rankings.summarise(ranked, targets), {
      ...overlap,
      values: {
        ...overlap?.values,
        ...(codes !== undefined && validity !== null && { codeValidity: validity, codeCollisions: collisionRate(codes) }),
        ...collapseValues(collapse),
        ...languageValues(nll, base.nll),
      },
    });
    const evaluation: Evaluation = {
      step: stepsOf(arm),
      seconds: options.seconds,
      perUser: pace.secondsPerUser,
      population: options.population,
      ...measured,
      cold: [...coldTargets(data.log, data.split, targets)],
      groups: [...this.rankings.groups.of(targets)],
      ...ownersOf(targets),
      sinks,
      ...(userSinks && { userSinks }),
      spectra: { interest: [...collapse.interest.spectrum], item: [...collapse.item.spectrum] },
      ...(this.plane !== null && options.population === 'sample' && { projection: this.plane.points(interest, items) }),
      readings: await this.readings(arm, { items, bias }, options.decode),
      ...(continuations && { continuations: [...continuations] }),
    };
    return { evaluation, attention: snapshot };
  }

  private async readings(
    arm: Arm,
    { items, bias }: Pick<RankedTargets, 'items' | 'bias'>,
    decode: boolean,
  ): Promise<ProbeReading[]> {
    const { data, probes, spec } = this;
    const e = spec.objective.embeddingSize;
    const masked = probes.targets.map((target) => (spec.evaluation.maskHistory ? data.historyOf(target) : []));
    const { beamWidth } = spec.evaluation;
    const decodes = this.engine.inputs.features.codes !== undefined;
    const beams = decodes ? await this.evaluator.rank(arm, probes.examples, masked, { listed: TOP_ITEMS, beamWidth }) : null;
    const interest = beams?.interest ?? (await this.evaluator.interestOf(arm, probes.examples));
    const speaks = decode && arm.spec.lambdaRec > 0;
    const decoded = speaks ? await this.decode(this.engine.use(arm), interest) : null;
    const flat = draws(arm.spec) ? await this.engine.readParameters(arm) : null;
    return probes.targets.map((_, probe) => {
      const hidden = new Set(masked[probe]);
      const wanted = probes.examples[probe]!.target;
      hidden.delete(wanted);
      const score = beams === null ? itemScores(probe, interest, items, e, bias) : beamScores(beams, probe, TOP_ITEMS);
      const best = (): number[] =>
        listOfBest(data.log.items.length, (item) => (hidden.has(item) ? null : score(item)), TOP_ITEMS);
      const top = beams === null ? best() : itemsOf(beams.top.subarray(probe * TOP_ITEMS, (probe + 1) * TOP_ITEMS));
      return {
        probe,
        target: data.log.items.titleOf(wanted),
        top: top.map((item) => ({ title: data.log.items.titleOf(item), score: score(item), hit: item === wanted })),
        decoded: decoded?.[probe] ?? null,
        ...(flat && { picture: this.picture({ spec: arm.spec, flat }, interest.subarray(probe * e, (probe + 1) * e)) }),
      };
    });
  }

  /** What an arm draws from one h. */
  private picture(arm: Parameters<typeof drawnPicture>[1], h: Float32Array): NonNullable<ProbeReading['picture']> {
    const { data, spec: recipe, engine } = this;
    const { pixels, nearest } = drawnPicture({ data, recipe, layout: engine.layout }, arm, h);
    return {
      pixels: pixels && toBase64(withoutOpacity(pixels)),
      nearest: nearest.map(({ item, distance }) => ({ title: data.log.items.titleOf(item), distance })),
    };
  }
}

/** How fast users are ranked, once the first ones are: before them the catalogue is embedded. */
class Pace {
  private readonly began = performance.now();
  private first: { readonly done: number; readonly at: number } | null = null;
  /** Absent before the first progress. */
  secondsPerUser: number | undefined = undefined;

  reached(done: number): void {
    const at = performance.now();
    const from = this.first ?? { done: 0, at: this.began };
    if (done > from.done) this.secondsPerUser = (at - from.at) / 1000 / (done - from.done);
    this.first ??= { done, at };
  }
}

/**
 * Works on this thread while the device does. Waits for the device even if the work fails, since the caller
 * may free what it uses.
 */
async function meanwhile<Device, Work>(device: Promise<Device>, work: () => Work): Promise<[Device, Work]> {
  try {
    const worked = work();
    return [await device, worked];
  } finally {
    await Promise.allSettled([device]);
  }
}

/** log p of the codes of listed items. */
export function beamScores({ top, decoded }: Ranking, request: number, listed: number): (item: number) => number {
  const list = top.subarray(request * listed, (request + 1) * listed);
  return (item) => decoded!.scores[request * listed + list.indexOf(item)]!;
}

/** The user of each target, if some user has several. */
function ownersOf(targets: readonly Target[]): Pick<Evaluation, 'owners'> {
  const numbers = new Map<number, number>();
  const owners = targets.map(({ user }) => {
    const number = numbers.get(user) ?? numbers.size;
    numbers.set(user, number);
    return number;
  });
  return numbers.size === targets.length ? {} : { owners };
}
