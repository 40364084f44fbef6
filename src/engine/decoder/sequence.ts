/** From training examples to the packed rows that the decoder runs on. CPU only; layout: docs/method.md. */
import type { RunSpec } from '../../recipe/runSpec';
import { tokensOf, type ItemCodes } from '../../model/codes/itemCodes';
import type { ImageDraw } from '../terms/img/noised';

/**
 * One example, its texts already tokenised. `text` is y, ending with EOS; empty if no loss reads it in this
 * step.
 */
export interface EncodedExample {
  readonly history: readonly number[];
  /**
   * Items before those of the history, where something reads them: the skip into h, or what the softmax
   * leaves out.
   */
  readonly earlier?: readonly number[];
  readonly target: number;
  readonly query: readonly number[];
  readonly text: readonly number[];
  readonly exposed: readonly number[];
  /**
   * Of each item of the history, where L_exp reads it, those shown with what the item before it predicts;
   * that of the first one is not read.
   */
  readonly historyExposed?: readonly (readonly number[])[];
  /**
   * Items of the history as targets of examples of their own, which carry texts and nothing else; left out if
   * there are none.
   */
  readonly further?: readonly EncodedExample[];
  /**
   * What L_act is to predict after each item of the history, in place of the item that follows, null where
   * nothing: of the next basket, or at random. The last one is that of [EMB].
   */
  readonly predicted?: readonly (number | null)[];
  /**
   * An item drawn from the catalogue and its text, ending with EOS: for arms with L_item or L_kl. It is
   * independent of the rest.
   */
  readonly described?: { readonly item: number; readonly text: readonly number[] };
  /** A text of the model's domain, ending with EOS, for arms with L_replay. */
  readonly replayed?: readonly number[];
  /**
   * The target's picture and the noise that the flow starts from, for arms with L_img; absent if it has none.
   */
  readonly image?: ImageDraw;
}

/** Examples without those that read the same sequence as an earlier one, whatever their targets are. */
export interface DifferentExamples {
  readonly examples: readonly EncodedExample[];
  /** Where each of the given ones is among them. */
  readonly places: readonly number[];
  /** How many of the given ones each of them stands for. */
  readonly times: readonly number[];
}

/** Targets of one basket share their history. */
export function withoutRepeats(given: readonly EncodedExample[]): DifferentExamples {
  const found = new Map<string, number>();
  const examples: EncodedExample[] = [];
  const times: number[] = [];
  const places = given.map((example) => {
    const key = `${example.history.join()};${example.query.join()}`;
    const place = found.get(key) ?? examples.push(example) - 1;
    found.set(key, place);
    times[place] = (times[place] ?? 0) + 1;
    return place;
  });
  return { examples, places, times };
}

/** A list of tokens for each item. An array of arrays is one. */
export interface TokenTable {
  readonly length: number;
  at(index: number): readonly number[] | undefined;
}

/**
 * Kinds of input rows, in the top two bits of `source`; `denseEmb` is a dense row plus the trainable vector
 * emb.
 */
export const SOURCE = { vocabulary: 0, dense: 1, learned: 2, denseEmb: 3 } as const;
/** The row of a sink token, counted from the sequence's first. */
export const SINK_ROW = 1;
/** Rows of a sequence whose keys can be hidden: a span of hidden keys is two numbers of 16 bits. */
const MOST_HIDING = 0xffff;

/** Rows that predict a next token through the LM head. */
export interface TextTargets {
  readonly rows: Uint32Array;
  readonly tokens: Uint32Array;
  /** 1 / (texts of the step · tokens of the text): the losses are means over tokens, then over texts. */
  readonly weights: Float32Array;
}

/** The rows that a pass runs on. */
export interface PassRows {
  readonly rows: number;
  /**
   * (first row of the sequence, row after its last, position, hidden keys) of every row. Hidden keys, which
   * the row does not attend to: count << 16 | the first one, counted from the sequence's first row.
   */
  readonly info: Uint32Array;
  /** kind << 30 | index of every row's input. */
  readonly source: Uint32Array;
}

export interface PackedRows extends PassRows {
  readonly text: TextTargets;
}

export interface PackedHistories extends PackedRows {
  /**
   * Items of the dense rows (in the `semantic` interface tokens of codes), and the position of each dense
   * row.
   */
  readonly denseItems: Uint32Array;
  readonly denseRows: Uint32Array;
  /** Rows that hold the trainable vectors emb, query, item, sink. */
  readonly learnedRows: readonly [number[], number[], number[], number[]];
  /** Rows that predict an item (in the `semantic` interface the token of a code), and those items. */
  readonly predictionRows: Uint32Array;
  readonly predictionTargets: Uint32Array;
  /**
   * Items of all histories, and (first, count, prediction, all) of the most recent ones that each prediction
   * row has seen, as many as the skip into h reads, and of how many it has seen in all.
   */
  readonly seenItems: Uint32Array;
  readonly seenSpans: Uint32Array;
  /** For each example, the index of its [EMB]'s prediction: of the target or of its first code. */
  readonly embPredictions: Uint32Array;
  /**
   * For each example: its first row and, counted from there, the rows that are items; of an item of several
   * codes, the last.
   */
  readonly starts: readonly number[];
  readonly itemPositions: readonly (readonly number[])[];
}

export interface PackOptions {
  readonly itemInterface: RunSpec['objective']['itemInterface'];
  readonly positions: RunSpec['objective']['positions'];
  readonly hideEmbFromText: boolean;
  /** What enters at [EMB]; `last-item` only in the `token` interface. */
  readonly embToken: RunSpec['objective']['embToken'];
  /** Whether a sink token follows [BOS]. */
  readonly sinkToken: boolean;
  readonly bosId: number;
  /** Items that the skip into h reads of those that enter; 0: all of the history, also the earlier ones. */
  readonly skipItems: number;
  /** Title tokens of every item, for the `text` interface. */
  readonly titleTokens: TokenTable;
  /** Codes of every item, in the `semantic` interface and only there. */
  readonly codes?: ItemCodes | null;
  /**
   * Append the target's codes but the last, which predict the codes after them (`semantic`): what a step
   * trains on, and no request has.
   */
  readonly withTarget?: boolean;
  /**
   * For each example, lists of tokens after [EMB], side by side: each sees the history and itself, and its
   * last row predicts (`semantic`, in place of the target and y).
   */
  readonly branches?: readonly (readonly (readonly number[])[])[];
  /** Append y (arms with L_gen). */
  readonly withText: boolean;
  /** Number of texts in the whole step, if these examples are only part of it. */
  readonly texts?: number;
}

class RowList {
  readonly source: number[] = [];
  readonly info: number[] = [];
  private start = 0;
  private hidden = 0;
  /** How many positions rows stand before their place in the sequence. */
  private back = 0;

  get length(): number {
    return this.source.length;
  }

  begin(): void {
    this.start = this.length;
    this.hidden = 0;
    this.back = 0;
  }

  /**
   * Rows added from now on do not attend to rows from `first` on that are there.
   * @throws RangeError if the sequence is too long
   */
  hideFrom(first: number): void {
    const count = this.length - first;
    this.hidden = 0;
    if (count === 0) return;
    if (first - this.start > MOST_HIDING || count > MOST_HIDING)
      throw new RangeError(`a sequence of more than ${MOST_HIDING} rows cannot hide keys`);
    this.hidden = ((count << 16) | (first - this.start)) >>> 0;
  }

  push(kind: number, index: number): number {
    const row = this.length;
    this.source.push(sourceOf(kind, index));
    this.info.push(this.start, 0, row - this.start - this.back, this.hidden);
    return row;
  }

  /** The next row stands right after `before`, whatever rows are between them. */
  continueFrom(before: number): void {
    this.back = this.length - before - 1;
  }

  end(): void {
    for (let row = this.start; row < this.length; row++) this.info[4 * row + 1] = this.length;
  }
}

/** Rows of `[BOS] items ([QUERY] query) [EMB]` of an example, without packing it and without a sink token. */
export function promptRows(
  { history, query }: Pick<EncodedExample, 'history' | 'query'>,
  { itemInterface, titleTokens, codes }: Pick<PackOptions, 'itemInterface' | 'titleTokens' | 'codes'>,
): number {
  let rows = 2 + history.length * itemRows(codes) + (query.length > 0 ? 1 + query.length : 0);
  if (itemInterface === 'text') for (const item of history) rows += titleTokens.at(item)?.length ?? 0;
  return rows;
}

/** Rows of an item that enters as codes; 1 without codes. */
export function itemRows(codes: Pick<ItemCodes, 'sizes'> | null | undefined): number {
  return codes?.sizes.length ?? 1;
}

/** The indices of the examples that have a text. */
export function textsOf(batch: readonly EncodedExample[]): number[] {
  return batch.flatMap(({ text }, place) => (text.length > 0 ? [place] : []));
}

/** Packs `[BOS] (sink) items ([QUERY] query) [EMB] | (codes of the target) | y` of every example. */
export function packHistories(batch: readonly EncodedExample[], options: PackOptions): PackedHistories {
  const rows = new RowList();
  const denseItems: number[] = [];
  const denseRows: number[] = [];
  const learnedRows: [number[], number[], number[], number[]] = [[], [], [], []];
  const predictionRows: number[] = [];
  const predictionTargets: number[] = [];
  const seenItems: number[] = [];
  const seenSpans: number[] = [];
  const embPredictions: number[] = [];
  const starts: number[] = [];
  const itemPositions: number[][] = [];
  const text: TextList = { rows: [], tokens: [], weights: [] };
  const texts = options.texts ?? textsOf(batch).length;
  let userStart = 0;
  const learned = (which: 0 | 1 | 2 | 3): number => {
    const row = rows.push(SOURCE.learned, which);
    learnedRows[which].push(row);
    return row;
  };
  const predict = (row: number, target: number, historyStart: number, seen: number): void => {
    const all = historyStart + seen - userStart;
    const count = options.skipItems === 0 ? all : Math.min(options.skipItems, seen);
    seenSpans.push(historyStart + seen - count, count, predictionRows.length, all);
    predictionRows.push(row);
    predictionTargets.push(target);
  };
  const lastItem = (item: number): number => {
    const row = rows.push(SOURCE.denseEmb, denseItems.length);
    denseItems.push(item);
    denseRows.push(row);
    learnedRows[0].push(row);
    return row;
  };
  const dense = (item: number): number => {
    const row = rows.push(SOURCE.dense, denseItems.length);
    denseItems.push(item);
    denseRows.push(row);
    return row;
  };
  const { codes = null } = options;
  /** Rows of some tokens, each of which predicts the token after it in `item`. @returns the last row */
  const codeRows = (tokens: readonly number[], item: readonly number[], historyStart: number, seen: number | null): number => {
    let row = 0;
    tokens.forEach((token, level) => {
      row = dense(token);
      const next = item[level + 1];
      if (seen !== null && next !== undefined) predict(row, next, historyStart, seen);
    });
    return row;
  };
  for (const [place, example] of batch.entries()) {
    rows.begin();
    const start = rows.push(SOURCE.vocabulary, options.bosId);
    if (options.sinkToken) learned(3);
    const positions: number[] = [];
    userStart = seenItems.length;
    const historyStart = userStart + (example.earlier?.length ?? 0);
    seenItems.push(...(example.earlier ?? []), ...example.history);
    example.history.forEach((item, k) => {
      let row: number;
      if (codes !== null) {
        const tokens = tokensOf(codes, item);
        // No row predicts the first item, so its codes are no targets either.
        row = codeRows(tokens, tokens, historyStart, options.positions === 'all' && k > 0 ? k : null);
      } else if (options.itemInterface === 'token') {
        row = dense(item);
      } else {
        for (const token of options.titleTokens.at(item) ?? []) rows.push(SOURCE.vocabulary, token);
        row = learned(2);
      }
      positions.push(row - start);
      const next = (example.predicted ?? example.history.slice(1))[k] ?? null;
      if (options.positions !== 'last' && k + 1 < example.history.length && next !== null)
        predict(row, firstOf(codes, next), historyStart, k + 1);
    });
    if (example.query.length > 0) {
      learned(1);
      for (const token of example.query) rows.push(SOURCE.vocabulary, token);
    }
    const last = example.history.at(-1);
    const emb = options.embToken === 'last-item' && last !== undefined ? lastItem(last) : learned(0);
    embPredictions.push(predictionRows.length);
    const target = example.predicted?.[example.history.length - 1] ?? example.target;
    predict(emb, firstOf(codes, target), historyStart, example.history.length);
    if (codes !== null && options.withTarget) {
      const tokens = tokensOf(codes, target);
      codeRows(tokens.slice(0, -1), tokens, historyStart, example.history.length);
    }
    for (const tokens of options.branches?.[place] ?? []) {
      rows.hideFrom(emb + 1);
      rows.continueFrom(emb);
      predict(codeRows(tokens, tokens, historyStart, null), 0, historyStart, example.history.length);
    }
    if (options.withText) {
      // y is generated from the history: it neither reads the target's codes nor stands after them.
      rows.hideFrom(options.hideEmbFromText ? emb : emb + 1);
      rows.continueFrom(emb);
      pushText(rows, text, emb, example.text, texts);
    }
    rows.end();
    starts.push(start);
    itemPositions.push(positions);
  }
  return {
    ...finish(rows, text),
    denseItems: Uint32Array.from(denseItems),
    denseRows: Uint32Array.from(denseRows),
    learnedRows,
    predictionRows: Uint32Array.from(predictionRows),
    predictionTargets: Uint32Array.from(predictionTargets),
    seenItems: Uint32Array.from(seenItems),
    seenSpans: Uint32Array.from(seenSpans),
    embPredictions: Uint32Array.from(embPredictions),
    starts,
    itemPositions,
  };
}

/**
 * Packs `first, w_1 … w_{L−1}` of every text; `first` is dense row i (a soft token) or, with `bosId`, that
 * token. `ofAll`: number of texts that the mean is over, if these are only some of them.
 */
export function packTexts(
  texts: readonly (readonly number[])[],
  { bosId, ofAll = texts.length }: { readonly bosId?: number; readonly ofAll?: number } = {},
): PackedRows {
  const rows = new RowList();
  const text: TextList = { rows: [], tokens: [], weights: [] };
  texts.forEach((tokens, index) => {
    rows.begin();
    const first = bosId === undefined ? rows.push(SOURCE.dense, index) : rows.push(SOURCE.vocabulary, bosId);
    pushText(rows, text, first, tokens, ofAll);
    rows.end();
  });
  return finish(rows, text);
}

/** A row's input, as `PassRows.source` has it. */
function sourceOf(kind: number, index: number): number {
  return ((kind << 30) | index) >>> 0;
}

/** One row for each of some tokens, at those positions of sequences whose other rows are not in the pass. */
export function newestRows(tokens: readonly { readonly token: number; readonly position: number }[]): PassRows {
  return {
    rows: tokens.length,
    info: Uint32Array.from(tokens.flatMap(({ position }, row) => [row, row + 1, position, 0])),
    source: Uint32Array.from(tokens, ({ token }) => sourceOf(SOURCE.vocabulary, token)),
  };
}

/** What predicts an item: the item itself, or the first of its codes. */
function firstOf(codes: ItemCodes | null, item: number): number {
  return codes === null ? item : tokensOf(codes, item)[0]!;
}

interface TextList {
  rows: number[];
  tokens: number[];
  weights: number[];
}

/** Row `before` predicts w_1; w_1 … w_{L−1} become rows that predict their successors. */
function pushText(rows: RowList, text: TextList, before: number, tokens: readonly number[], texts: number): void {
  let row = before;
  tokens.forEach((token, k) => {
    text.rows.push(row);
    text.tokens.push(token);
    text.weights.push(1 / (texts * tokens.length));
    if (k + 1 < tokens.length) row = rows.push(SOURCE.vocabulary, token);
  });
}

function finish(rows: RowList, text: TextList): PackedRows {
  return {
    rows: rows.length,
    info: Uint32Array.from(rows.info),
    source: Uint32Array.from(rows.source),
    text: { rows: Uint32Array.from(text.rows), tokens: Uint32Array.from(text.tokens), weights: Float32Array.from(text.weights) },
  };
}
