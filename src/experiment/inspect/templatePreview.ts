/** Texts of a log by the recipe's templates, in tokens: one example of each kind, and counts over all. */
import { findItems } from '../../log/findItems';
import { itemText, itemValues, queryText } from '../../log/itemText';
import type { InteractionLog } from '../../log/types';
import type { TextTokenizer } from '../../model/decoderConfig';
import type { LoadedModel } from '../../model/loadedModel';
import { TITLE_TOKENS } from '../../model/features';
import type { RunSpec } from '../../recipe/runSpec';
import type { TemplateKind } from '../../recipe/template';
import type { PreviewQuestion, TemplatePreview, TemplateText, TokenCounts, TokenPiece } from '../../record/templatePreview';
import { inSlices, type SliceOptions } from '../prepare/slices';
import { MAX_QUERY_TOKENS } from '../prepare/tokens';

/** Maximum number of pieces shown of a text, more than any recipe reads. */
export const MOST_PIECES = 300;
const MOST_FOUND = 8;
/** Milliseconds by which a slice of counting may delay a run's step. */
const SLICE_MS = 10;

type TextSpec = Pick<RunSpec, 'data' | 'objective'>;
type Reader = Pick<LoadedModel, 'config' | 'tokenizer'>;

/** All texts of a kind. */
interface Texts {
  readonly length: number;
  readonly limit: number;
  readonly template: string;
  /** The text as in the prompt, including the space before it. */
  of(index: number): string;
}

/** Splits a text into the parts that its tokens represent. */
export function tokenPieces(ids: readonly number[], tokenizer: TextTokenizer): TokenPiece[] {
  let before = '';
  return ids.map((id, index) => {
    const decoded = tokenizer.decode(ids.slice(0, index + 1));
    // Bytes of an incomplete character are decoded as U+FFFD.
    if (decoded.endsWith('\uFFFD') || !decoded.startsWith(before)) return { id, text: '' };
    const text = decoded.slice(before.length);
    before = decoded;
    return { id, text };
  });
}

/** The number of tokens of every text, and what the counts depend on. */
interface Counted {
  readonly log: InteractionLog;
  readonly tokenizer: TextTokenizer;
  readonly template: string;
  readonly lengths: Uint32Array;
}

export class TemplatePreviews {
  readonly #queries = new WeakMap<InteractionLog, readonly string[]>();
  /** The lengths counted last, by kind. */
  readonly #counted = new Map<TemplateKind, Counted>();

  /**
   * Returns examples at once, then with counts over all texts.
   * @param tell called with the examples
   * @returns the examples with counts
   * @throws the signal's reason when aborted
   */
  async answer(
    reader: Reader,
    log: InteractionLog,
    spec: TextSpec,
    question: PreviewQuestion,
    tell: (preview: TemplatePreview) => void,
    signal?: AbortSignal,
  ): Promise<TemplatePreview> {
    const queries = this.#queriesOf(log);
    const preview = this.#examples(reader, log, queries, spec, question);
    tell(preview);
    const texts = { ...preview.texts };
    for (const [kind, all] of Object.entries(textsOf(log, queries, spec)) as [TemplateKind, Texts][]) {
      const example = texts[kind];
      if (example === null) continue;
      const lengths = await this.#count(kind, all, log, reader.tokenizer, { signal, sliceMs: SLICE_MS });
      texts[kind] = { ...example, counts: summarise(lengths, all.limit) };
    }
    return { ...preview, texts };
  }

  #examples(
    { tokenizer }: Reader,
    log: InteractionLog,
    queries: readonly string[],
    spec: TextSpec,
    question: PreviewQuestion,
  ): TemplatePreview {
    const place = nearest(question.item, log.items.length);
    const item = log.items.at(place);
    const asked = nearest(question.query, queries.length);
    const all = textsOf(log, queries, spec);
    const found = findItems(log.items, question.search);
    const example = (texts: Texts, index: number): TemplateText => {
      const text = texts.of(index);
      const ids = tokenizer.encode(text);
      const pieces = tokenPieces(ids.slice(0, MOST_PIECES), tokenizer);
      return { text: text.trimStart(), pieces, tokens: ids.length, limit: texts.limit, counts: null };
    };
    const query = queries[asked];
    return {
      item: { index: place, id: item.id, title: log.items.titleOf(place) },
      items: log.items.length,
      query: query === undefined ? null : { index: asked, text: query },
      queries: queries.length,
      values: { ...itemValues(item), query: query ?? '' },
      texts: {
        item: example(all.item, place),
        history: example(all.history, place),
        query: query === undefined ? null : example(all.query, asked),
      },
      found: found.slice(0, MOST_FOUND).map((index) => ({ index, title: log.items.titleOf(index) })),
      matches: found.length,
    };
  }

  /** The distinct queries of a log, in its order. */
  #queriesOf(log: InteractionLog): readonly string[] {
    const known = this.#queries.get(log);
    if (known !== undefined) return known;
    const listed = [...log.events.columns.queries];
    this.#queries.set(log, listed);
    return listed;
  }

  async #count(
    kind: TemplateKind,
    texts: Texts,
    log: InteractionLog,
    tokenizer: TextTokenizer,
    options: SliceOptions,
  ): Promise<Uint32Array> {
    const { template } = texts;
    const known = this.#counted.get(kind);
    if (known?.log === log && known.tokenizer === tokenizer && known.template === template) return known.lengths;
    const lengths = new Uint32Array(texts.length);
    const count = (index: number): void => {
      lengths[index] = tokenizer.encode(texts.of(index)).length;
    };
    await inSlices(texts.length, count, options);
    this.#counted.set(kind, { log, tokenizer, template, lengths });
    return lengths;
  }
}

function textsOf(log: InteractionLog, queries: readonly string[], { data, objective }: TextSpec): Record<TemplateKind, Texts> {
  const items = log.items.length;
  return {
    item: {
      length: items,
      // EOS takes one.
      limit: objective.maxTextTokens - 1,
      template: data.itemTemplate,
      of: (index) => itemText(log.items.at(index), data.itemTemplate),
    },
    history: {
      length: items,
      limit: objective.itemInterface === 'text' ? objective.maxTitleTokens : TITLE_TOKENS,
      template: data.historyTemplate,
      of: (index) => ` ${itemText(log.items.at(index), data.historyTemplate)}`,
    },
    query: {
      length: queries.length,
      limit: MAX_QUERY_TOKENS,
      template: data.queryTemplate,
      of: (index) => ` ${queryText(queries[index]!, data.queryTemplate)}`,
    },
  };
}

function nearest(index: number, length: number): number {
  return Math.max(0, Math.min(length - 1, index));
}

function summarise(lengths: Uint32Array, limit: number): TokenCounts {
  let [sum, max, cut] = [0, 0, 0];
  for (const length of lengths) {
    sum += length;
    max = Math.max(max, length);
    if (length > limit) cut++;
  }
  return { texts: lengths.length, mean: lengths.length === 0 ? 0 : sum / lengths.length, max, cut };
}
