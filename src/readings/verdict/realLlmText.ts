import text from './realLlmText.json';
import type { WrittenText } from './writtenTexts';

/** What base model and arms of the recorded run of a real LLM write at its end: the text that its verdict quotes. `npm run record -- llm` writes it. */
export const realLlmText = text as unknown as WrittenText;
