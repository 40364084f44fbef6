/**
 * The part of transformers.js that tokenizers need, as a module of its own: loaded by `import()`, it comes
 * without the rest.
 */
export { PreTrainedTokenizer } from '@huggingface/transformers';
