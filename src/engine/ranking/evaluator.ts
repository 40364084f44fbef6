/** Measures an arm without changing it: ranks, embeddings, attention, the LM's loss, decoded text. */
import { bitsOf, readFloats, write, type Tensor } from '../../gpu/tensor';
import { ReadAhead } from '../../gpu/readAhead';
import type { BlockActivations } from '../decoder/activations';
import { inMemoryGroup } from '../context';
import { fill } from '../rows/rows';
import { REPORT, type Engine } from '../engine';
import type { Arm } from '../arm';
import { popularityBias } from '../engineInputs';
import { checkRanks, ImpossibleRanksError } from './rankCheck';
import { RankCounter, type RankCounts } from './rankCounter';
import { meanCrossEntropies } from '../losses/scoredLoss';
import { STATISTICS, type MeasuredSequences } from '../sinks/measuredSequences';
import { SinkStatistics } from '../sinks/sinkStatistics';
import {
  itemRows,
  packHistories,
  packTexts,
  promptRows,
  SINK_ROW,
  withoutRepeats,
  type EncodedExample,
  type PackedHistories,
} from '../decoder/sequence';
import type { DecodedItems } from '../codes/beams';
import { CodeDecoder } from '../codes/codeDecoder';
import { codeTokens, tokensOf } from '../../model/codes/itemCodes';
import { NO_ITEM } from './itemLists';
import { Continuations } from './continuations';
import { DecodedTexts } from './decodedTexts';
import { NextTokens } from './nextTokens';
import { targetParts, textGroups } from './textGroups';
import { TopItems } from './topItems';
import { KeptKeys } from '../decoder/keptKeys';
import { UserBlocks } from '../decoder/userBlocks';
import { UserScores } from './userScores';
import { importanceOf, spansOf, type Operation } from '../decoder/editedKeys';
import { WantedRows } from '../decoder/wantedRows';

/** Counts for each user, and the embeddings from which they follow. */
export interface Ranking extends RankCounts {
  /** Interest embeddings [users, e] and item embeddings [items, e]. */
  readonly interest: Float32Array;
  readonly items: Float32Array;
  /** What popularity adds to each item's scores h·e in the ranking; null: nothing. */
  readonly bias: Float32Array | null;
  /** The best items for each user, as `TopItems` lists them: [users, listed]. */
  readonly top: Uint32Array;
  /** Where items are ranked by their codes, as beams find them, and not by embeddings. */
  readonly decoded?: DecodedRanking;
}

export interface DecodedRanking {
  /** log p of the codes of each item in `top`: [users, listed], NaN after the last item. */
  readonly scores: Float64Array;
  /** 1 where the tuple that greedy decoding without the trie ends in names an item: [users]. */
  readonly valid: Uint8Array;
}

/** Reports progress while histories are processed. */
export interface Watch {
  readonly onProgress?: (done: number) => void;
  /** Receives the sink statistics of every group of histories; they are computed only if it is given. */
  readonly onSinks?: (measured: MeasuredSequences) => void;
  /**
   * What is done to the attention of each history. Of equal histories, which are read once, the first one
   * counts.
   */
  readonly operation?: Operation<EncodedExample> | undefined;
}

/** Called in a forward pass block by block, while each block's activations are available. */
interface BlockObserver {
  readonly begin?: (packed: PackedHistories) => void;
  readonly addBlock: (block: BlockActivations, layer: number) => void;
}

export class Evaluator {
  private readonly blocks: UserBlocks;
  private readonly counter: RankCounter;
  private readonly topItems: TopItems;
  private readonly sinks: SinkStatistics;
  private readonly wanted: WantedRows;
  /** Room of the maps, in rows. */
  private readonly longest: number;
  private readonly maps: Tensor;
  private readonly nextTokens: NextTokens;
  /** What the arms' LLMs write. */
  readonly continuations: Continuations;
  /** What decoders read from embeddings. */
  readonly texts: DecodedTexts;
  /** Null where items are ranked by embeddings. */
  private readonly codes: CodeDecoder | null;
  /** What is added to scores of each item, and the same in the units of h·e. */
  private readonly popularity: Float64Array | null;
  private readonly bias: Tensor | null;

  /**
   * @param probes maximum number of probe histories
   * @param rows their length in rows, without a sink token
   * @param sinkThreshold ε above which importance is a sink
   */
  constructor(
    private readonly engine: Engine,
    private readonly probes: number,
    rows: number,
    sinkThreshold = 0.3,
  ) {
    const context = inMemoryGroup(engine.context, 'evaluation');
    const { memory } = context;
    const { config, items, spec } = engine.inputs;
    const { embeddingSize } = spec.objective;
    this.blocks = new UserBlocks(context, items, embeddingSize);
    this.popularity = popularityBias(engine.inputs);
    this.bias = this.popularity && memory.tensor(4 * Math.ceil(items / 4), 'popularity of items');
    const scores = new UserScores(context, items, embeddingSize, this.bias);
    this.counter = new RankCounter(context, items, scores);
    this.topItems = new TopItems(context, items, scores);
    this.sinks = new SinkStatistics(context, config, sinkThreshold, {
      rows: engine.histories.pass.capacity,
      sequences: engine.readBatch,
    });
    this.wanted = new WantedRows(context, config, engine.readBatch);
    const longest = rows + Number(spec.arms.some(({ sinkToken }) => sinkToken));
    this.longest = longest;
    this.codes = engine.inputs.features.codes ? new CodeDecoder(engine) : null;
    this.maps = memory.tensor(probes * config.layers * config.heads * longest * longest, 'attention maps');
    this.nextTokens = new NextTokens(context, engine.decoder.weights, probes);
    const keys = new KeptKeys(engine.context, config, Math.max(engine.histories.pass.capacity, spec.objective.maxTextTokens));
    this.continuations = new Continuations(engine, keys, this.nextTokens);
    this.texts = new DecodedTexts(engine, keys, this.nextTokens, Math.min(probes, engine.microBatch));
  }

  /**
   * Scores the whole catalogue for each example, or the items that beam search over their codes finds; counts
   * what beats or ties its target and lists the best items.
   * @param masked for each example the items to leave out (never the target)
   * @param listed length of the lists @param beamWidth of the search over codes
   * @throws RangeError when an embedding is not finite: a diverged arm must not look perfect. @throws
   * ImpossibleRanksError
   */
  async rank(
    arm: Arm,
    examples: readonly EncodedExample[],
    masked: readonly (readonly number[])[],
    { listed = 0, beamWidth = 1, ...watch }: Watch & { readonly listed?: number; readonly beamWidth?: number } = {},
  ): Promise<Ranking> {
    const { catalogue, items } = await this.catalogue(arm);
    const interest = await this.interestOf(arm, examples, watch);
    if (!(items.every(Number.isFinite) && interest.every(Number.isFinite))) {
      throw new RangeError(`arm ${arm.spec.id} has embeddings that are not finite`);
    }
    if (this.codes !== null) {
      const found = await this.codes.decode(arm, { catalogue, examples, interest, masked, width: beamWidth });
      const listing = listsOf(found, listed);
      return {
        above: Uint32Array.from(found, ({ above }) => above),
        equal: Uint32Array.from(found, ({ equal }) => equal),
        ...{ interest, items, bias: null, top: listing.top },
        decoded: { scores: listing.scores, valid: Uint8Array.from(found, ({ valid }) => Number(valid)) },
      };
    }
    const bias = await this.loadBias(arm);
    const targets = Uint32Array.from(examples, ({ target }) => target);
    const above = new Uint32Array(examples.length);
    const equal = new Uint32Array(examples.length);
    const top = new Uint32Array(examples.length * listed);
    for (const block of this.blocks.load({ interest, targets, masked })) {
      const counts = await this.counter.count(catalogue, block);
      above.set(counts.above, block.first);
      equal.set(counts.equal, block.first);
      if (listed > 0) top.set(await this.topItems.list(catalogue, block, listed), block.first * listed);
    }
    checkRanks({ above, equal }, { interest, targets, masked }, items, bias);
    return { above, equal, interest, items, bias, top };
  }

  /**
   * Asks for what `rank` asks for, on a GPU that computes nothing: what is read is zero, and zeros are no
   * ranks.
   */
  async rehearseRank(
    arm: Arm,
    examples: readonly EncodedExample[],
    masked: readonly (readonly number[])[],
    listed: number,
  ): Promise<void> {
    try {
      await this.rank(arm, examples, masked, { listed, onSinks: () => undefined });
    } catch (error) {
      if (!(error instanceof ImpossibleRanksError)) throw error;
    }
  }

  /**
   * e of every item: on the GPU, valid until the next action loss, and as [items, e]. Of items that are
   * ranked by their codes, those of all tokens are on the GPU.
   */
  async catalogue(arm: Arm): Promise<{ readonly catalogue: Tensor; readonly items: Float32Array }> {
    const { context, inputs } = this.engine;
    const catalogue = this.embedCatalogue(arm);
    if (this.codes !== null) return { catalogue, items: await this.sumsOfCodes(arm) };
    const elements = inputs.items * inputs.spec.objective.embeddingSize;
    const [items] = await readFloats(context.memory, [{ tensor: catalogue, elements }]);
    return { catalogue, items: items! };
  }

  /**
   * Uploads what popularity adds to h·e of an arm: scores are h·e times exp(log_scale), and that sum. Null if
   * it adds nothing.
   */
  async loadBias(arm: Arm): Promise<Float32Array | null> {
    if (this.popularity === null || this.bias === null) return null;
    const { context, inputs } = this.engine;
    const [logScale] = await readFloats(context.memory, [{ tensor: arm.parameters.named('log_scale'), elements: 1 }]);
    const scale = inputs.spec.objective.similarity === 'cosine' ? Math.exp(logScale![0]!) : 1;
    const bias = Float32Array.from(this.popularity, (value) => value / scale);
    write(context.memory.device, this.bias, bias);
    return bias;
  }

  /** e of every item, on the GPU alone, as in `catalogue`. */
  embedCatalogue(arm: Arm): Tensor {
    const { context, head } = this.engine;
    const catalogue = head.catalogue(arm.parameters);
    context.recorder.submit();
    return catalogue;
  }

  /** e_i of items that are codes: the sum of their rows of z, as it would be compared with h. */
  private async sumsOfCodes(arm: Arm): Promise<Float32Array> {
    const { context, codes, inputs } = this.engine;
    const { embeddingSize: e, similarity } = inputs.spec.objective;
    const z = arm.parameters.named('z');
    const [rows] = await readFloats(context.memory, [{ tensor: z, elements: codeTokens(codes) * e }]);
    const items = new Float32Array(inputs.items * e);
    for (let item = 0; item < inputs.items; item++) {
      const sum = items.subarray(item * e, (item + 1) * e);
      for (const token of tokensOf(codes, item)) for (let c = 0; c < e; c++) sum[c]! += rows![token * e + c]!;
      if (similarity !== 'cosine') continue;
      const length = Math.max(Math.hypot(...sum), 1e-12);
      for (let c = 0; c < e; c++) sum[c]! /= length;
    }
    return items;
  }

  /**
   * Requests as they would be served after training: histories → h → the k best items for each, [examples,
   * k].
   * @param requests the arm's own item embeddings, at most one micro-batch of histories, and the masked items
   * of each, as in `rank`
   */
  async recommend(
    arm: Arm,
    {
      catalogue,
      examples,
      masked,
    }: {
      readonly catalogue: Tensor;
      readonly examples: readonly EncodedExample[];
      readonly masked: readonly (readonly number[])[];
    },
    k: number,
    beamWidth = k,
  ): Promise<Uint32Array> {
    const { head, histories } = this.engine;
    if (this.codes !== null) {
      const interest = await this.interestOf(arm, examples);
      return listsOf(await this.codes.decode(arm, { catalogue, examples, interest, masked, width: beamWidth }), k).top;
    }
    await this.loadBias(arm);
    this.forward(arm, examples);
    head.interest(histories.pass, examples.length, arm.parameters);
    const targets = Uint32Array.from(examples, ({ target }) => target);
    return this.topItems.list(catalogue, this.blocks.whole(head.h, { targets, masked }), k);
  }

  /** h_t of every example: [examples, e]. Equal histories are read once. */
  async interestOf(
    arm: Arm,
    examples: readonly EncodedExample[],
    { onProgress, onSinks, operation }: Watch = {},
  ): Promise<Float32Array> {
    const { context, inputs, head, histories, readBatch } = this.engine;
    const { layers, heads } = inputs.config;
    const e = inputs.spec.objective.embeddingSize;
    const different = withoutRepeats(examples);
    const read = new Float32Array(different.examples.length * e);
    let done = 0;
    const reads = new ReadAhead();
    const observer = onSinks === undefined ? undefined : this.sinks;
    for (let first = 0; first < different.examples.length; first += readBatch) {
      const group = different.examples.slice(first, first + readBatch);
      const times = different.times.slice(first, first + readBatch);
      const packed = this.forward(arm, group, observer, operation);
      head.interest(histories.pass, group.length, arm.parameters);
      context.recorder.submit();
      const { statistics, sinkHeads } = this.sinks.outputs;
      const readGroup = async (): Promise<void> => {
        const [h, measured, counts, importance] = await readFloats(context.memory, [
          { tensor: head.h, elements: group.length * e },
          { tensor: statistics, elements: onSinks === undefined ? 0 : STATISTICS * layers * group.length * heads },
          { tensor: sinkHeads, elements: onSinks === undefined ? 0 : packed.rows },
          ...(operation?.onImportance === undefined
            ? []
            : [{ tensor: operation.keys.importance, elements: layers * packed.rows * heads }]),
        ]);
        read.set(h!, first * e);
        const found = { statistics: measured!, sinkHeads: bitsOf(counts!), starts: packed.starts, times };
        onSinks?.(arm.spec.sinkToken ? withoutSinkRows(found) : found);
        if (importance !== undefined)
          spansOf(packed).forEach((span, sequence) => {
            operation!.onImportance!(group[sequence]!, importanceOf(importance, span, { layers, heads, rows: packed.rows }));
          });
        done += times.reduce((sum, count) => sum + count, 0);
        onProgress?.(done);
      };
      await reads.add(readGroup());
    }
    await reads.end();
    const whole = new Float32Array(examples.length * e);
    different.places.forEach((place, at) => {
      whole.set(read.subarray(place * e, (place + 1) * e), at * e);
    });
    return whole;
  }

  /**
   * Attention maps of histories that are equally long: [probes, layers, heads, T, T], zero above the
   * diagonal. An item of several codes is one position: attention to its codes is added up, and that of its
   * rows is their mean. An arm that was never trained is the base model, since LoRA's B is zero. A sink
   * token, which is one row more, is left out of the maps: what a row of theirs lacks to 1 rests on it.
   */
  async attention(arm: Arm, probes: readonly EncodedExample[], operation?: Operation<EncodedExample>): Promise<Float32Array> {
    const { context, inputs, decoder } = this.engine;
    const { layers, heads } = inputs.config;
    const levels = itemRows(inputs.features.codes);
    const first = probes[0];
    if (first === undefined) return new Float32Array(0);
    const prompt = promptRows(first, this.engine.packOptions(false));
    const rows = prompt + Number(arm.spec.sinkToken);
    const square = rows * rows;
    const length = prompt - (levels - 1) * first.history.length;
    const whole = new Float32Array(probes.length * layers * heads * length * length);
    if (rows > this.longest) throw new RangeError(`${rows} rows, room for ${this.longest}`);
    const group = Math.min(this.probes, this.engine.microBatch);
    for (let begin = 0; begin < probes.length; begin += group) {
      const some = probes.slice(begin, begin + group);
      const addBlock = (block: BlockActivations, layer: number): void => {
        const shape = { sequences: some.length, length: rows, layer };
        if (operation === undefined) decoder.attentionMap(block, shape, this.maps);
        else operation.keys.map(block, shape, this.maps);
      };
      const packed = this.forward(arm, some, { addBlock }, operation);
      if (packed.rows !== some.length * rows) throw new RangeError('probe histories differ in length');
      context.recorder.submit();
      const [maps] = await readFloats(context.memory, [{ tensor: this.maps, elements: some.length * layers * heads * square }]);
      const shown = arm.spec.sinkToken ? withoutSinkToken(maps!, rows) : maps!;
      whole.set(byItem(shown, { rows: prompt, items: first.history.length, levels }), begin * layers * heads * length * length);
    }
    return whole;
  }

  /**
   * Mean over texts of the NLL per token (nats) of `[BOS] text` under the arm's LLM. A pass takes as many
   * texts as it has rows for, and the sum is read once, after the last: on software adapters a pass costs
   * about the same however many rows it has.
   */
  async textNll(arm: Arm, texts: readonly (readonly number[])[]): Promise<number> {
    const { context, inputs, decoder, histories, textLoss, report } = this.engine;
    const { recorder } = context;
    const { pass } = histories;
    const views = this.engine.use(arm);
    fill(context, report, REPORT.evaluation + 1);
    for (const group of textGroups(texts, { rows: pass.capacity })) {
      const packed = packTexts(group, { bosId: inputs.config.bosId, ofAll: texts.length });
      // Recorded commands read the lists that the next load overwrites.
      recorder.submit();
      decoder.load(pass, packed);
      decoder.forward({ pass, rows: packed.rows, arm: views }, histories.inputs(arm.parameters));
      for (const [index, part] of targetParts(packed.text, textLoss.capacity).entries()) {
        if (index > 0) recorder.submit();
        textLoss.load(part);
        textLoss.run(pass, part.rows.length, { report, slot: REPORT.evaluation }, null);
      }
    }
    return (await recorder.submitAndRead(report, REPORT.evaluation + 1))[REPORT.evaluation]!;
  }

  /**
   * NLL per token (nats) of each `[BOS] text` under the arm's LLM, also of one that is operated on. Read
   * group by group, which `textNll` need not.
   */
  async textNlls(arm: Arm, texts: readonly (readonly number[])[], operation?: Operation<readonly number[]>): Promise<number[]> {
    const { context, inputs, decoder, histories, textLoss, report } = this.engine;
    const { bosId, layers, heads } = inputs.config;
    const { pass } = histories;
    const nlls: number[] = [];
    const views = this.engine.use(arm);
    for (const group of textGroups(texts, { rows: Math.min(pass.capacity, textLoss.capacity) })) {
      const packed = packTexts(group, { bosId });
      const spans = spansOf({ ...packed, starts: startsOf(group) });
      operate(operation, group, { ...packed, starts: startsOf(group) });
      decoder.load(pass, packed);
      textLoss.load(packed.text);
      const run = { pass, rows: packed.rows, arm: views, edited: operation?.keys };
      decoder.forward(run, histories.inputs(arm.parameters), (block, layer) => {
        if (operation?.onImportance !== undefined) operation.keys.measure({ info: pass.info, rows: packed.rows, layer }, block);
      });
      const state = textLoss.run(pass, packed.text.rows.length, { report, slot: REPORT.evaluation }, null);
      context.recorder.submit();
      const [states, importance] = await readFloats(context.memory, [
        { tensor: state, elements: 4 * packed.text.rows.length },
        ...(operation?.onImportance === undefined
          ? []
          : [{ tensor: operation.keys.importance, elements: layers * packed.rows * heads }]),
      ]);
      nlls.push(
        ...meanCrossEntropies(
          states!,
          group.map(({ length }) => length),
        ),
      );
      if (importance !== undefined)
        spans.forEach((span, text) => {
          operation!.onImportance!(group[text]!, importanceOf(importance, span, { layers, heads, rows: packed.rows }));
        });
    }
    return nlls;
  }

  /** Hidden states of [EMB] alone. */
  private forward(
    arm: Arm,
    examples: readonly EncodedExample[],
    observer?: BlockObserver,
    operation?: Operation<EncodedExample>,
  ): PackedHistories {
    const { head, histories } = this.engine;
    const views = this.engine.use(arm);
    const { wanted } = this;
    const packed = packHistories(examples, { ...this.engine.packOptions(false, arm.spec), positions: 'last' });
    histories.load(packed);
    wanted.load(packed.predictionRows);
    head.loadRows({ ...packed, predictionRows: packed.predictionRows.map((_, prediction) => prediction) });
    observer?.begin?.(packed);
    operate(operation, examples, packed);
    const afterBlock = (block: BlockActivations, layer: number): void => {
      observer?.addBlock(block, layer);
      if (operation?.onImportance !== undefined)
        operation.keys.measure({ info: histories.pass.info, rows: packed.rows, layer }, block);
    };
    histories.forward(views, { afterBlock, wanted, edited: operation?.keys });
    return packed;
  }
}

/** Uploads what is done to the sequences of a pass, if anything. */
function operate<Sequence>(
  operation: Operation<Sequence> | undefined,
  sequences: readonly Sequence[],
  packed: { readonly rows: number; readonly starts: readonly number[] },
): void {
  if (operation === undefined) return;
  const spans = spansOf(packed);
  operation.keys.load(
    packed.rows,
    spans,
    spans.map(({ length }, sequence) => operation.edits(sequences[sequence]!, length)),
  );
}

/** Rows at which texts of a pass begin: a text has one for each of its tokens, [BOS] in place of the last. */
function startsOf(texts: readonly (readonly number[])[]): number[] {
  let next = 0;
  return texts.map(({ length }) => {
    const start = next;
    next += length;
    return start;
  });
}

/** Maps [*, rows, rows] of histories whose items are `levels` rows each, with one position for each item. */
function byItem(
  maps: Float32Array,
  { rows, items, levels }: { readonly rows: number; readonly items: number; readonly levels: number },
): Float32Array {
  if (levels === 1) return maps;
  const length = rows - (levels - 1) * items;
  // [BOS] comes before the items.
  const place = Array.from({ length: rows }, (_, row) =>
    row <= items * levels ? Math.ceil(row / levels) : row - (levels - 1) * items,
  );
  const pooled = new Float32Array((maps.length / (rows * rows)) * length * length);
  for (let at = 0; at < maps.length; at++) {
    const row = Math.floor(at / rows) % rows;
    const query = place[row]!;
    const share = row > 0 && row <= items * levels ? 1 / levels : 1;
    pooled[(Math.floor(at / (rows * rows)) * length + query) * length + place[at % rows]!]! += share * maps[at]!;
  }
  return pooled;
}

/** Lists of the best items, padded, and their scores. */
function listsOf(found: readonly DecodedItems[], listed: number): { readonly top: Uint32Array; readonly scores: Float64Array } {
  const top = new Uint32Array(found.length * listed).fill(NO_ITEM);
  const scores = new Float64Array(found.length * listed).fill(NaN);
  found.forEach(({ items }, request) => {
    items.slice(0, listed).forEach(({ item, score }, place) => {
      top[request * listed + place] = item;
      scores[request * listed + place] = score;
    });
  });
  return { top, scores };
}

/** Maps [*, rows, rows] without the sink token's row and column. */
function withoutSinkToken(maps: Float32Array, rows: number): Float32Array {
  const row = (at: number): number => Math.floor(at / rows) % rows;
  return maps.filter((_, at) => row(at) !== SINK_ROW && at % rows !== SINK_ROW);
}

/** The same without the rows of sink tokens, so that positions are those of the other arms. */
function withoutSinkRows({ statistics, sinkHeads, starts, times }: MeasuredSequences): MeasuredSequences {
  const rows = new Set(starts.map((start) => start + SINK_ROW));
  return {
    statistics,
    sinkHeads: sinkHeads.filter((_, row) => !rows.has(row)),
    starts: starts.map((start, sequence) => start - sequence),
    times,
  };
}
