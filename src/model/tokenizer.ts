/** Tokenizers by transformers.js, built from files that we fetched ourselves: it is given no chance to call its CDN. */
import { PreTrainedTokenizer } from '@huggingface/transformers';
import type { TextTokenizer } from './decoderConfig';
import { ModelError } from './modelError';

/** Builds a tokenizer from the parsed `tokenizer.json` and `tokenizer_config.json`. */
export type CreateTokenizer = (tokenizerJson: unknown, tokenizerConfig: unknown) => TextTokenizer;

/**
 * The CreateTokenizer of browser and Node alike.
 * @throws ModelError when the files describe no tokenizer that transformers.js knows.
 */
export const createTokenizer: CreateTokenizer = (tokenizerJson, tokenizerConfig) => {
  let tokenizer: PreTrainedTokenizer;
  try {
    tokenizer = new PreTrainedTokenizer(tokenizerJson, tokenizerConfig);
    tokenizer.encode('probe', { add_special_tokens: false });
  } catch (cause) {
    throw new ModelError(
      'tokenizer.json and tokenizer_config.json describe no tokenizer that can be used.',
      'Check that both files belong to the model and were downloaded whole.',
      { cause },
    );
  }
  return {
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }),
    decode: (ids) =>
      // transformers.js refuses an empty list.
      ids.length === 0 ? '' : tokenizer.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
  };
};
