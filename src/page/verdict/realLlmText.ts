import type { WrittenText } from './writtenTexts';

/** tools/recordedPlugin.ts reads it from the shipped file. */
declare const REAL_LLM_TEXT: WrittenText | null;

/** What base model and arms of the recorded run of a real LLM write at its end: the text that its verdict quotes; null if the site has no such run. */
export const realLlmText = REAL_LLM_TEXT;
