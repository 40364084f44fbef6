/** What is asked and answered about texts as the model reads them. */
import type { TemplateField, TemplateKind } from '../recipe/template';

/** Which texts are looked at. Places outside of what there is are moved to the nearest one. */
export interface PreviewQuestion {
  /** Index into the catalogue. */
  readonly item: number;
  /** Index among the different queries of the log, in the order of the log. */
  readonly query: number;
  /** Items whose title has these words are named; none are asked for where it is empty. */
  readonly search: string;
}

export interface TokenPiece {
  readonly id: number;
  /** What the token adds to the text; empty for a part of a character, which the next piece ends, and for a special token. */
  readonly text: string;
}

/** Tokens over all items, or all different queries. */
export interface TokenCounts {
  readonly texts: number;
  readonly mean: number;
  readonly max: number;
  /** Texts that are longer than the recipe takes. */
  readonly cut: number;
}

/** One text by one template. */
export interface TemplateText {
  readonly text: string;
  /** All tokens of the text; a long one's first MOST_PIECES. */
  readonly pieces: readonly TokenPiece[];
  /** Tokens of the whole text. */
  readonly tokens: number;
  /** Tokens that the recipe takes of a text. */
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
  /** Items of the catalogue. */
  readonly items: number;
  /** Null if the log has no query. */
  readonly query: { readonly index: number; readonly text: string } | null;
  /** Different queries of the log. */
  readonly queries: number;
  /** What the fields are for this item and this query. */
  readonly values: Readonly<Record<TemplateField, string>>;
  /** Null for a query where the log has none. */
  readonly texts: Readonly<Record<TemplateKind, TemplateText | null>>;
  readonly found: readonly FoundItem[];
  /** Items that were found in all. */
  readonly matches: number;
}
