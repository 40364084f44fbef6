/** What is asked and told about generated text. */

/** What is continued. */
export type TextPrompt =
  /** The method's own: `[BOS] items [EMB]` of a user's test history, behind which L_gen trains the next item's text. */
  | { readonly kind: 'history'; readonly user: string }
  /** The beginning of an item's text up to its description. */
  | { readonly kind: 'item'; readonly title: string }
  | { readonly kind: 'text'; readonly text: string };

export interface TextSampling {
  /** 0: greedy, whatever the others say. */
  readonly temperature: number;
  /** 0: all tokens. */
  readonly topK: number;
  /** 1: all tokens. */
  readonly topP: number;
  readonly seed: number;
}

export interface TextRequest {
  readonly prompt: TextPrompt;
  readonly sampling: TextSampling;
  readonly maxTokens: number;
}

/** The base model's id among those who speak. */
export const BASE_MODEL = 'base';

/** What is told while text is generated. */
export type TextPart =
  | {
      readonly type: 'started';
      /** The prompt in words. */
      readonly prompt: string;
      /** The text that would be right: the next item's, with a history. */
      readonly target: string | null;
      /** Who speaks: the base model, then the arms that are trained here. */
      readonly speakers: readonly { readonly id: string; readonly label: string; readonly step: number }[];
    }
  /** One more token. */
  | {
      readonly type: 'grown';
      readonly speaker: string;
      /** All of it so far. */
      readonly text: string;
      readonly tokens: number;
    };
