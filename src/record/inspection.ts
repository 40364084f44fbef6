/** What page and worker say to each other in the inspector. */

/** An item of the catalogue as the page lists it. */
export interface InspectedItem {
  /** Its place in the catalogue. */
  readonly item: number;
  readonly title: string;
  readonly category: string;
}

export type InspectionQuestion =
  /** Items whose title has all these words. */
  | { readonly kind: 'find'; readonly text: string; readonly limit: number }
  /** The history before a user's test item; of some user where none is named. */
  | { readonly kind: 'user'; readonly user: string | null }
  /** What models make of a history, oldest item first. `log`: hash of the one that items are of. `target`: the item whose rank is wanted. */
  | {
      readonly kind: 'history';
      readonly log: string;
      readonly items: readonly number[];
      readonly query: string;
      readonly target: number | null;
    };

export interface InspectionRequest {
  /** The answers carry it. */
  readonly id: number;
  readonly question: InspectionQuestion;
}

export interface InspectedModel {
  /** An arm's id, `base`, or `itemKnn`. */
  readonly id: string;
  readonly label: string;
  /** Steps taken; null for what is not trained by steps. */
  readonly step: number | null;
  /** Best items first, those of the history left out where the recipe masks them. */
  readonly top: readonly (InspectedItem & { readonly score: number })[];
  /** Average rank of the item that is wanted, as evaluation counts it; null where none is. */
  readonly rank: number | null;
  /** What [EMB] attends: [layers, heads, positions]; null where there is no LLM. */
  readonly attention: Float32Array | null;
  /** Text read out of h by the arm's own and by the probe decoder, as far as it has them; null while it is being read. */
  readonly texts: { readonly own: string | null; readonly probe: string | null } | null;
}

export interface InspectionAnswer {
  /** One label a position, and the positions of the items that the models see: the last ones of the history. */
  readonly labels: readonly string[];
  readonly itemPositions: readonly number[];
  readonly layers: number;
  readonly heads: number;
  readonly models: readonly InspectedModel[];
}

export type InspectionEvent =
  | {
      readonly type: 'inspection-found';
      readonly id: number;
      readonly log: string;
      readonly items: readonly InspectedItem[];
      readonly total: number;
    }
  | {
      readonly type: 'inspection-user';
      readonly id: number;
      readonly log: string;
      readonly user: string;
      readonly items: readonly InspectedItem[];
      readonly query: string;
      readonly target: InspectedItem;
    }
  /** First without texts, then with them. */
  | { readonly type: 'inspection-answer'; readonly id: number; readonly answer: InspectionAnswer }
  | { readonly type: 'inspection-failed'; readonly id: number; readonly message: string };
