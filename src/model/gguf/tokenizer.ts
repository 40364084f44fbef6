/**
 * A GGUF file's vocabulary as the equivalent tokenizer.json of transformers: byte-level BPE (`gpt2`), and
 * SentencePiece's BPE (`llama`), whose merges are made from pieces and scores as in transformers'
 * `convert_slow_tokenizer.py`.
 */
import { t } from '../../words/words';
import { ModelError } from '../modelError';
import { metadataList, optionalNumber, optionalText, type Gguf } from './container';

/** Kinds of tokens, as ggml numbers them. */
export const CONTROL = 3;
export const USER_DEFINED = 4;

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const REST = '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** How text is split before it is encoded, by llama.cpp's name for the rule. */
export interface PreTokenizer {
  /** Pre-tokenizers, in order. */
  readonly parts: readonly unknown[];
  readonly normalizer?: unknown;
  readonly ignoreMerges?: boolean;
}

const GPT2_CUT: PreTokenizer = { parts: [byteLevelPart(true)] };
const LLAMA3_CUT: PreTokenizer = {
  parts: [split(`${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}${REST}`), byteLevelPart(false)],
  ignoreMerges: true,
};
export const CUTS: Readonly<Record<string, PreTokenizer>> = {
  default: GPT2_CUT,
  'gpt-2': GPT2_CUT,
  smollm: { parts: [{ type: 'Digits', individual_digits: true }, byteLevelPart(true)] },
  'llama-bpe': LLAMA3_CUT,
  llama3: LLAMA3_CUT,
  qwen2: {
    parts: [split(`${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${REST}`), byteLevelPart(false)],
    normalizer: { type: 'NFC' },
  },
};

function split(regex: string): unknown {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false };
}

/** Bytes as characters. @param regex whether GPT-2's own rule splits text first */
function byteLevelPart(regex: boolean): Record<string, unknown> {
  return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: regex };
}

export interface TokenizerFiles {
  readonly tokenizer: Record<string, unknown>;
  readonly config: Record<string, unknown>;
}

/** @throws ModelError if the vocabulary is missing or of a kind that cannot be read */
export function ggufTokenizer(gguf: Pick<Gguf, 'metadata'>): TokenizerFiles {
  const tokens = metadataList(gguf, 'tokenizer.ggml.tokens', 'string');
  if (tokens === null) throw new ModelError(t('The file has no vocabulary.'), t('Use a file of a complete language model.'));
  const kinds = metadataList(gguf, 'tokenizer.ggml.token_type', 'number') ?? [];
  const addsBos = gguf.metadata.get('tokenizer.ggml.add_bos_token');
  const named = (key: string): string | null => {
    const id = optionalNumber(gguf, `tokenizer.ggml.${key}_token_id`);
    return id === null ? null : (tokens[id] ?? null);
  };
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: addedTokens(tokens, kinds),
      post_processor: null,
      ...partsOf(gguf, tokens),
    },
    config: {
      bos_token: named('bos'),
      eos_token: named('eos'),
      unk_token: named('unknown'),
      pad_token: named('padding'),
      clean_up_tokenization_spaces: false,
      ...(typeof addsBos === 'boolean' && { add_bos_token: addsBos }),
      chat_template: optionalText(gguf, 'tokenizer.chat_template'),
    },
  };
}

function addedTokens(tokens: readonly string[], kinds: readonly number[]): unknown[] {
  return tokens.flatMap((content, id) => {
    const kind = kinds[id];
    if (kind !== CONTROL && kind !== USER_DEFINED) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: kind === CONTROL }];
  });
}

function partsOf(gguf: Pick<Gguf, 'metadata'>, tokens: readonly string[]): Record<string, unknown> {
  const model = optionalText(gguf, 'tokenizer.ggml.model') ?? 'none';
  if (model === 'gpt2') return byteLevel(gguf, tokens);
  if (model === 'llama') return sentencePiece(gguf, tokens);
  throw new ModelError(
    t('The tokenizer “{model}” cannot be read from GGUF; known: gpt2, llama.', { model }),
    t('Use the model as a folder.'),
  );
}

const BPE = { type: 'BPE', dropout: null, continuing_subword_prefix: null, end_of_word_suffix: null };

function byteLevel(gguf: Pick<Gguf, 'metadata'>, tokens: readonly string[]): Record<string, unknown> {
  const rule = optionalText(gguf, 'tokenizer.ggml.pre') ?? 'default';
  const cut = Object.hasOwn(CUTS, rule) ? CUTS[rule] : undefined;
  if (cut === undefined) {
    throw new ModelError(
      t('The tokenizer’s rule “{rule}” cannot be read from GGUF; known: {known}.', { rule, known: Object.keys(CUTS).join(', ') }),
      t('Use the model as a folder, with its own tokenizer.json.'),
    );
  }
  const merges = metadataList(gguf, 'tokenizer.ggml.merges', 'string');
  if (merges === null)
    throw new ModelError(t('The vocabulary has no merges.'), t('Use the model as a folder, with its own tokenizer.json.'));
  return {
    normalizer: cut.normalizer ?? null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: cut.parts },
    decoder: { ...byteLevelPart(true), add_prefix_space: true },
    model: {
      ...BPE,
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: cut.ignoreMerges ?? false,
      vocab: vocabularyOf(tokens),
      merges: merges.map((merge) => merge.split(' ')),
    },
  };
}

function sentencePiece(gguf: Pick<Gguf, 'metadata'>, tokens: readonly string[]): Record<string, unknown> {
  const scores = metadataList(gguf, 'tokenizer.ggml.scores', 'number');
  if (scores?.length !== tokens.length) {
    throw new ModelError(
      t('The vocabulary’s pieces have no scores.'),
      t('Use the model as a folder, with its own tokenizer.json.'),
    );
  }
  const prefix = gguf.metadata.get('tokenizer.ggml.add_space_prefix') !== false;
  const spaces = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const unknown = optionalNumber(gguf, 'tokenizer.ggml.unknown_token_id');
  return {
    normalizer: { type: 'Sequence', normalizers: [...(prefix ? [{ type: 'Prepend', prepend: '▁' }] : []), spaces] },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      ...BPE,
      unk_token: unknown === null ? null : (tokens[unknown] ?? null),
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: vocabularyOf(tokens),
      merges: mergesOf(tokens, scores),
    },
  };
}

/** IDs by piece; for a duplicate piece the first ID, which is the one looked up. */
function vocabularyOf(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries([...tokens.entries()].reverse().map(([id, token]) => [token, id]));
}

/**
 * Every way to merge two pieces into a third, ordered by the score of the result, highest first, then by
 * longer left and right parts.
 */
export function mergesOf(tokens: readonly string[], scores: readonly number[]): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges = tokens.flatMap((piece, id) => {
    const letters = Array.from(piece);
    const local = [];
    for (let at = 1; at < letters.length; at += 1) {
      const [left, right] = [letters.slice(0, at).join(''), letters.slice(at).join('')];
      if (ids.has(left) && ids.has(right)) local.push({ left, right, score: scores[id]!, at, rest: letters.length - at });
    }
    return local.sort((a, b) => ids.get(a.left)! - ids.get(b.left)! || ids.get(a.right)! - ids.get(b.right)!);
  });
  merges.sort((a, b) => b.score - a.score || b.at - a.at || b.rest - a.rest);
  return merges.map(({ left, right }) => [left, right]);
}
