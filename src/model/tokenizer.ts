/**
 * Tokenizers by transformers.js, built from files that we fetched ourselves, so that it never contacts its
 * CDN.
 */
import { t } from '../words/words';
import { z } from 'zod';
import type { TextTokenizer } from './decoderConfig';
import { ModelError } from './modelError';
import { mayTakeForever } from './slowPattern';
import { verbatim } from '../recipe/texts';

/**
 * The part of a tokenizer.json that gives its largest ID: pieces by ID, or in the order of their IDs
 * (Unigram).
 */
const vocabularySchema = z.looseObject({
  model: z.looseObject({ vocab: z.union([z.record(verbatim(), z.number().int()), z.array(z.unknown())]) }),
  added_tokens: z.array(z.looseObject({ id: z.number().int(), content: verbatim() })).default([]),
});

/** Vocabularies are often padded to a round size, by a few percent. */
const LEAST_SHARE = 0.5;

/**
 * @param vocabulary rows of the model's embedding
 * @throws ModelError when the tokenizer gives IDs for which the model has no embedding, or uses so few that
 * it must be another model's.
 */
export function checkVocabulary(tokenizerJson: unknown, vocabulary: number): void {
  const parsed = vocabularySchema.safeParse(tokenizerJson);
  // Of another shape: createTokenizer says what is wrong with it.
  if (!parsed.success) return;
  const { model, added_tokens: added } = parsed.data;
  const pieces = Array.isArray(model.vocab) ? [model.vocab.length - 1] : Object.values(model.vocab);
  const largest = [...pieces, ...added.map(({ id }) => id)].reduce((most, id) => Math.max(most, id), -1);
  if (largest < vocabulary && largest + 1 >= LEAST_SHARE * vocabulary) return;
  throw new ModelError(
    t("tokenizer.json does not match config.json: its ids reach {largest}, but the model's vocabulary has {vocabulary} tokens.", {
      largest,
      vocabulary,
    }),
    t('Use both files from the same model.'),
  );
}

/** The ID of a token that tokenizer.json adds to its model's, by its text; undefined if there is none. */
export function addedTokenId(tokenizerJson: unknown, token: string): number | undefined {
  return vocabularySchema.safeParse(tokenizerJson).data?.added_tokens.find(({ content }) => content === token)?.id;
}

/** The text of a token as tokenizer.json writes it; undefined if there is none with that ID. */
export function tokenText(tokenizerJson: unknown, id: number): string | undefined {
  const data = vocabularySchema.safeParse(tokenizerJson).data;
  if (data === undefined) return undefined;
  const added = data.added_tokens.find((one) => one.id === id)?.content;
  const { vocab } = data.model;
  if (added !== undefined || Array.isArray(vocab)) return added;
  return Object.keys(vocab).find((piece) => vocab[piece] === id);
}

/** The regular expressions in all parts of a tokenizer except its vocabulary. */
function patternsIn(tokenizerJson: unknown): string[] {
  if (typeof tokenizerJson !== 'object' || tokenizerJson === null) return [];
  const found: string[] = [];
  const left: unknown[] = Object.entries(tokenizerJson).flatMap(([name, part]) =>
    name === 'model' || name === 'added_tokens' ? [] : [part as unknown],
  );
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== 'object' || part === null) continue;
    for (const [name, value] of Object.entries(part)) {
      if (name === 'Regex' && typeof value === 'string') found.push(value);
      else left.push(value);
    }
  }
  return found;
}

/**
 * A tokenizer.json whose `Digits` parts split at every numeric character, as the `tokenizers` library does;
 * transformers.js would split at ASCII's alone.
 */
function withEveryDigit(tokenizerJson: unknown): unknown {
  if (typeof tokenizerJson !== 'object' || tokenizerJson === null || !('pre_tokenizer' in tokenizerJson)) return tokenizerJson;
  const changed = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null || !('type' in part)) return part;
    if ('pretokenizers' in part && Array.isArray(part.pretokenizers))
      return { ...part, pretokenizers: part.pretokenizers.map(changed) };
    if (part.type !== 'Digits') return part;
    const one = 'individual_digits' in part && part.individual_digits === true;
    return { type: 'Split', pattern: { Regex: one ? '\\p{N}' : '\\p{N}+' }, behavior: 'Isolated', invert: false };
  };
  return { ...tokenizerJson, pre_tokenizer: changed(tokenizerJson.pre_tokenizer) };
}

/** Builds a tokenizer from the parsed `tokenizer.json` and `tokenizer_config.json`. */
export type CreateTokenizer = (tokenizerJson: unknown, tokenizerConfig: unknown) => Promise<TextTokenizer>;

/**
 * The CreateTokenizer for browsers and Node. transformers.js is a third of a worker's scripts, so it is
 * loaded with the first tokenizer.
 * @throws ModelError when the files describe no tokenizer that transformers.js knows, or one that may take
 * forever, and when transformers.js cannot be fetched
 */
export const createTokenizer: CreateTokenizer = async (tokenizerJson, tokenizerConfig) => {
  for (const pattern of patternsIn(tokenizerJson)) {
    if (!mayTakeForever(pattern)) continue;
    throw new ModelError(
      t('tokenizer.json has a regular expression that may take forever on some texts: {pattern}', {
        pattern: pattern.slice(0, 100),
      }),
      t('Use the tokenizer that was published with the model.'),
    );
  }
  const { PreTrainedTokenizer } = await import('./preTrainedTokenizer').catch((cause: unknown): never => {
    throw new ModelError(t('{path} could not be fetched.', { path: 'transformers.js' }), t('Reload the page.'), { cause });
  });
  let tokenizer: InstanceType<typeof PreTrainedTokenizer>;
  try {
    tokenizer = new PreTrainedTokenizer(withEveryDigit(tokenizerJson), tokenizerConfig);
    tokenizer.encode('probe', { add_special_tokens: false });
  } catch (cause) {
    throw new ModelError(
      t('tokenizer.json and tokenizer_config.json do not describe a tokenizer that can be used.'),
      t('Check that both files belong to the model and were downloaded completely.'),
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
