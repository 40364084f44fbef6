/** Questions and answers about texts as the model reads them. */
import type { TemplateFieldName, TemplateKind } from '../recipe/template';

/** Which texts to show. Indices out of range are moved to the nearest valid one. */
export interface PreviewQuestion {
  /** Index into the catalogue. */
  readonly item: number;
  /** Index among the log's distinct queries, in the log's order. */
  readonly query: number;
  /** Items whose titles contain these words are listed; none if it is empty. */
  readonly search: string;
}

export interface TokenPiece {
  readonly id: number;
  /**
   * What the token adds to the text; empty for part of a character that a later piece completes, and for a
   * special token.
   */
  readonly text: string;
}

/** Token counts over all items, or all distinct queries. */
export interface TokenCounts {
  readonly texts: number;
  readonly mean: number;
  readonly max: number;
  /** Number of texts longer than the recipe allows. */
  readonly cut: number;
}

/** One text by one template. */
export interface TemplateText {
  readonly text: string;
  /** All tokens of the text; a long one's first MOST_PIECES. */
  readonly pieces: readonly TokenPiece[];
  /** Tokens of the whole text. */
  readonly tokens: number;
  /** Maximum number of tokens that the recipe takes from a text. */
  readonly limit: number;
  /** Null until they are counted. */
  readonly counts: TokenCounts | null;
}

export interface FoundItem {
  readonly index: number;
  readonly title: string;
}

export interface TemplatePreview {
  readonly item: { readonly index: number; readonly id: string; readonly title: string };
  /** Number of items in the catalogue. */
  readonly items: number;
  /** Null if the log has no query. */
  readonly query: { readonly index: number; readonly text: string } | null;
  /** Number of distinct queries in the log. */
  readonly queries: number;
  /** Values of the fields for this item and this query. */
  readonly values: Readonly<Record<TemplateFieldName, string>>;
  /** Null for a query if the log has none. */
  readonly texts: Readonly<Record<TemplateKind, TemplateText | null>>;
  readonly found: readonly FoundItem[];
  /** Total number of items found. */
  readonly matches: number;
}
