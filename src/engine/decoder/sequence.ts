/** From training examples to the packed rows that the decoder runs on. CPU only; layout: docs/definitions.md. */
import type { RunSpec } from '../../recipe/runSpec';
import type { ImageDraw } from '../terms/img/noised';

/** One example, its texts already tokenised. `text` is y, ending with EOS; empty if no loss reads it in this step. */
export interface EncodedExample {
  readonly history: readonly number[];
  readonly target: number;
  readonly query: readonly number[];
  readonly text: readonly number[];
  readonly exposed: readonly number[];
  /** An item drawn from the catalogue and its text, ending with EOS: for arms with L_item or L_kl. It is independent of the rest. */
  readonly described?: { readonly item: number; readonly text: readonly number[] };
  /** The target's picture and the noise that the flow starts from, for arms with L_img; absent if it has none. */
  readonly image?: ImageDraw;
}

/** A list of tokens for each item. An array of arrays is one. */
export interface TokenTable {
  readonly length: number;
  at(index: number): readonly number[] | undefined;
}

/** Kinds of input rows, in the top two bits of `source`; `denseEmb` is a dense row plus the trainable vector emb. */
export const SOURCE = { vocabulary: 0, dense: 1, learned: 2, denseEmb: 3 } as const;
/** Number of items whose mean features a skip adds to h; the same as in zero-shot ranking. */
export const SKIP_ITEMS = 5;
/** The row of a sink token, counted from the sequence's first. */
export const SINK_ROW = 1;
/** A hidden key that hides nothing. */
const NONE = 0xffffffff;

/** Rows that predict a next token through the LM head. */
export interface TextTargets {
  readonly rows: Uint32Array;
  readonly tokens: Uint32Array;
  /** 1 / (texts of the step · tokens of the text): the losses are means over tokens, then over texts. */
  readonly weights: Float32Array;
}

export interface PackedRows {
  readonly rows: number;
  /** (first row of the sequence, row after its last, position, hidden key) of every row. */
  readonly info: Uint32Array;
  /** kind << 30 | index of every row's input. */
  readonly source: Uint32Array;
  readonly text: TextTargets;
}

export interface PackedHistories extends PackedRows {
  /** Items of the dense rows, and the position of each dense row. */
  readonly denseItems: Uint32Array;
  readonly denseRows: Uint32Array;
  /** Rows that hold the trainable vectors emb, query, item, sink. */
  readonly learnedRows: readonly [number[], number[], number[], number[]];
  /** Rows that predict an item, and those items. */
  readonly predictionRows: Uint32Array;
  readonly predictionTargets: Uint32Array;
  /** Items of all histories, and (first, count, prediction, 0) of the most recent ones that each prediction row has seen. */
  readonly seenItems: Uint32Array;
  readonly seenSpans: Uint32Array;
  /** For each example, the index of its [EMB]'s prediction. */
  readonly embPredictions: Uint32Array;
  /** For each example: its first row and, counted from there, the rows that are items. */
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
  /** Title tokens of every item, for the `text` interface. */
  readonly titleTokens: TokenTable;
  /** Append y (arms with L_gen). */
  readonly withText: boolean;
  /** Number of texts in the whole step, if these examples are only part of it. */
  readonly texts?: number;
}

class RowList {
  readonly source: number[] = [];
  readonly info: number[] = [];
  private start = 0;
  private hidden = NONE;

  get length(): number {
    return this.source.length;
  }

  begin(): void {
    this.start = this.length;
    this.hidden = NONE;
  }

  /** Rows added from now on do not attend to `row`. */
  hide(row: number): void {
    this.hidden = row;
  }

  push(kind: number, index: number): number {
    const row = this.length;
    this.source.push(((kind << 30) | index) >>> 0);
    this.info.push(this.start, 0, row - this.start, this.hidden);
    return row;
  }

  end(): void {
    for (let row = this.start; row < this.length; row++) this.info[4 * row + 1] = this.length;
  }
}

/** Rows of `[BOS] items ([QUERY] query) [EMB]` of an example, without packing it and without a sink token. */
export function promptRows(
  { history, query }: Pick<EncodedExample, 'history' | 'query'>,
  { itemInterface, titleTokens }: Pick<PackOptions, 'itemInterface' | 'titleTokens'>,
): number {
  let rows = 2 + history.length + (query.length > 0 ? 1 + query.length : 0);
  if (itemInterface === 'text') for (const item of history) rows += titleTokens.at(item)?.length ?? 0;
  return rows;
}

/** The indices of the examples that have a text. */
export function textsOf(batch: readonly EncodedExample[]): number[] {
  return batch.flatMap(({ text }, place) => (text.length > 0 ? [place] : []));
}

/** Packs `[BOS] (sink) items ([QUERY] query) [EMB] | y` of every example. */
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
  const learned = (which: 0 | 1 | 2 | 3): number => {
    const row = rows.push(SOURCE.learned, which);
    learnedRows[which].push(row);
    return row;
  };
  const predict = (row: number, target: number, historyStart: number, seen: number): void => {
    const count = Math.min(SKIP_ITEMS, seen);
    seenSpans.push(historyStart + seen - count, count, predictionRows.length, 0);
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
  for (const example of batch) {
    rows.begin();
    const start = rows.push(SOURCE.vocabulary, options.bosId);
    if (options.sinkToken) learned(3);
    const positions: number[] = [];
    const historyStart = seenItems.length;
    seenItems.push(...example.history);
    example.history.forEach((item, k) => {
      let row: number;
      if (options.itemInterface === 'token') {
        row = rows.push(SOURCE.dense, denseItems.length);
        denseItems.push(item);
        denseRows.push(row);
      } else {
        for (const token of options.titleTokens.at(item) ?? []) rows.push(SOURCE.vocabulary, token);
        row = learned(2);
      }
      positions.push(row - start);
      const next = example.history[k + 1];
      if (options.positions === 'all' && next !== undefined) predict(row, next, historyStart, k + 1);
    });
    if (example.query.length > 0) {
      learned(1);
      for (const token of example.query) rows.push(SOURCE.vocabulary, token);
    }
    const last = example.history.at(-1);
    const emb = options.embToken === 'last-item' && last !== undefined ? lastItem(last) : learned(0);
    embPredictions.push(predictionRows.length);
    predict(emb, example.target, historyStart, example.history.length);
    if (options.withText) {
      if (options.hideEmbFromText) rows.hide(emb);
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
 * Packs `first, w_1 … w_{L−1}` of every text; `first` is dense row i (a soft token) or, with `bosId`, that token.
 * `ofAll`: number of texts that the mean is over, if these are only some of them.
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
