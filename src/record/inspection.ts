/** Questions and answers of the inspector. */
import type { Surgery } from './surgery';

/** An item of the catalogue as the page lists it. */
export interface InspectedItem {
  /** Its index in the catalogue. */
  readonly item: number;
  readonly title: string;
  readonly category: string;
  /** RGBA [side, side, 4] of its picture; null if it has none that can be shown. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer> | null;
}

/** A history about which models are asked, oldest item first. */
export interface HistoryQuestion {
  /** Hash of the log to which the items belong. */
  readonly log: string;
  readonly items: readonly number[];
  readonly query: string;
  /** The item whose rank is requested. */
  readonly target: number | null;
  /** What is done to the models before they answer; default: nothing. `blocked` is a place in `items`. */
  readonly surgery?: Surgery;
}

export interface ItemsFound {
  /** Hash of the log to which the items belong. */
  readonly log: string;
  readonly items: readonly InspectedItem[];
  /** Number of items found, of which `items` lists the first. */
  readonly total: number;
}

/** A user's history before the test item. */
export interface InspectedHistory {
  readonly log: string;
  readonly user: string;
  readonly items: readonly InspectedItem[];
  readonly query: string;
  readonly target: InspectedItem;
}

export interface InspectedModel {
  /** An arm's id, `base`, or `itemKnn`. */
  readonly id: string;
  readonly label: string;
  /** Steps taken; null for what is not trained by steps. */
  readonly step: number | null;
  /** Best items first, without those of the history if the recipe masks them. */
  readonly top: readonly (InspectedItem & { readonly score: number })[];
  /** Average rank of the requested item, as in evaluations; null if none is requested. */
  readonly rank: number | null;
  /** What [EMB] attends to: [layers, heads, positions]; null if there is no LLM. */
  readonly attention: Float32Array | null;
  /**
   * Text decoded from h by the arm's own decoder and by the probe decoder, if it has them; null while
   * decoding.
   */
  readonly texts: { readonly own: string | null; readonly probe: string | null } | null;
  /** Absent in arms without L_img from h. */
  readonly picture?: InspectedPicture;
}

/** What an arm with L_img draws from h. */
export interface InspectedPicture {
  /** RGBA [side, side, 4]; null if the log's visual features were not made of pictures that can be drawn. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer> | null;
  /** Items with the nearest pictures, nearest first, one per picture. */
  readonly nearest: readonly (InspectedItem & {
    /** Root mean square of v. */
    readonly distance: number;
  })[];
}

export interface InspectionAnswer {
  /**
   * One label per position, and the positions of the items that the models see: the last ones of the history.
   */
  readonly labels: readonly string[];
  readonly itemPositions: readonly number[];
  readonly layers: number;
  readonly heads: number;
  readonly models: readonly InspectedModel[];
}
