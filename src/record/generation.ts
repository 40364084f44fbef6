/** Requests for generated text, and the messages sent during generation. */

/** What to continue. */
export type TextPrompt =
  /**
   * The method's own: `[BOS] items [EMB]` of a user's test history, after which L_gen trains the next item's
   * text.
   */
  | { readonly kind: 'history'; readonly user: string }
  /** The start of an item's text, up to its description. */
  | { readonly kind: 'item'; readonly title: string }
  | { readonly kind: 'text'; readonly text: string };

export interface TextSampling {
  /** 0: greedy, whatever the other settings. */
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

/** The base model's ID among the models that generate. */
export const BASE_MODEL = 'base';

/** Messages sent while text is generated. */
export type TextPart =
  | {
      readonly type: 'started';
      /** The prompt in words. */
      readonly prompt: string;
      /** The correct text: the next item's, for a history. */
      readonly target: string | null;
      /** The models that generate: the base model, then the arms trained here. */
      readonly speakers: readonly { readonly id: string; readonly label: string; readonly step: number }[];
    }
  /** One more token. */
  | {
      readonly type: 'grown';
      readonly speaker: string;
      /** All of the text so far. */
      readonly text: string;
      readonly tokens: number;
    };
