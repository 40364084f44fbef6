/** A tokenizer.json of transformers as the metadata of a GGUF file: the inverse of `tokenizer.ts`. */
import { t } from '../../words/words';
import { ModelError } from '../modelError';
import { CONTROL, CUTS, mergesOf, USER_DEFINED, type PreTokenizer } from './tokenizer';
import type { WrittenValue } from './writeGguf';

/** Kinds of tokens, as ggml numbers them. */
const NORMAL = 1;
const UNKNOWN = 2;
const UNUSED = 5;
const BYTE = 6;

type Json = Readonly<Record<string, unknown>>;

/**
 * @param tokenizer the parsed tokenizer.json @param settings the parsed tokenizer_config.json @param
 * vocabulary rows of the embedding
 * @throws ModelError if GGUF cannot say how the tokenizer encodes
 */
export function writtenTokenizer(tokenizer: unknown, settings: unknown, vocabulary: number): Map<string, WrittenValue> {
  const json = objectOf(tokenizer);
  const model = objectOf(json.model);
  const { vocab, merges } = model;
  if (model.type !== 'BPE' || typeof vocab !== 'object' || vocab === null || !Array.isArray(merges)) {
    throw refusal(t('its tokenizer is of the type {type}, not BPE', { type: String(model.type) }));
  }
  const pairs = merges.map(pairOf);
  const added = (Array.isArray(json.added_tokens) ? json.added_tokens : []).map(objectOf);
  const tokens = Array.from({ length: vocabulary }, (_, id) => `[PAD${id}]`);
  const kinds = tokens.map(() => UNUSED);
  const place = (content: unknown, id: unknown, kind: number): void => {
    if (typeof content !== 'string' || !Number.isInteger(id) || !((id as number) >= 0 && (id as number) < vocabulary)) return;
    const at = id as number;
    tokens[at] = content;
    kinds[at] = kind;
  };
  const pieces = model.byte_fallback === true;
  for (const [content, id] of Object.entries(vocab)) {
    place(content, id, pieces && /^<0x[\dA-F]{2}>$/.test(content) ? BYTE : NORMAL);
  }
  for (const { content, id, special } of added) place(content, id, special === true ? CONTROL : USER_DEFINED);
  const unknown = typeof model.unk_token === 'string' ? tokens.indexOf(model.unk_token) : -1;
  if (unknown >= 0) kinds[unknown] = UNKNOWN;
  const config = objectOf(settings);
  return new Map<string, WrittenValue>([
    ...(pieces ? sentencePiece(json, tokens, pairs) : byteLevel(json, pairs)),
    ['tokenizer.ggml.tokens', { kind: 'texts', value: tokens }],
    ['tokenizer.ggml.token_type', { kind: 'i32s', value: kinds }],
    ...(unknown < 0 ? [] : [['tokenizer.ggml.unknown_token_id', { kind: 'u32', value: unknown }] as const]),
    ...(typeof config.add_bos_token === 'boolean'
      ? [['tokenizer.ggml.add_bos_token', { kind: 'bool', value: config.add_bos_token }] as const]
      : []),
    ...(typeof config.chat_template === 'string'
      ? [['tokenizer.chat_template', { kind: 'text', value: config.chat_template }] as const]
      : []),
  ]);
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function pairOf(merge: unknown): readonly [string, string] {
  const [left, right] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? (merge as unknown[]) : [];
  if (typeof left !== 'string' || typeof right !== 'string') throw refusal(t('a merge of its tokenizer is not two pieces'));
  return [left, right];
}

function refusal(reason: string): ModelError {
  return new ModelError(t('The model cannot be written as GGUF: {reason}.', { reason }), t('Export it as safetensors or ONNX.'));
}

function byteLevel(json: Json, merges: readonly (readonly [string, string])[]): [string, WrittenValue][] {
  const ignores = objectOf(json.model).ignore_merges === true;
  const same = (cut: PreTokenizer): boolean =>
    cutText(cut.normalizer, cut.parts) === cutText(json.normalizer, json.pre_tokenizer);
  const rule = Object.entries(CUTS).find(
    ([name, cut]) => name !== 'default' && same(cut) && (cut.ignoreMerges ?? false) === ignores,
  );
  if (rule === undefined) {
    const known = Object.keys(CUTS).slice(1).join(', ');
    throw refusal(t('llama.cpp has no name for how its tokenizer splits text; known: {known}', { known }));
  }
  return [
    ['tokenizer.ggml.model', { kind: 'text', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { kind: 'text', value: rule[0] }],
    ['tokenizer.ggml.merges', { kind: 'texts', value: merges.map((pair) => pair.join(' ')) }],
  ];
}

/** Of sequences within sequences; tokenizers have two levels at most. */
const DEEPEST = 16;

/**
 * What a normalizer and a pre-tokenizer do, whatever their nesting and their settings that change nothing.
 */
function cutText(normalizer: unknown, parts: unknown): string {
  return JSON.stringify([flat(normalizer, 'normalizers').map(stepText), flat(parts, 'pretokenizers').map(stepText)]);
}

function flat(step: unknown, list: string, depth = 0): Json[] {
  if (depth > DEEPEST) throw refusal(t('its tokenizer is nested too deeply'));
  if (Array.isArray(step)) return step.flatMap((one) => flat(one, list, depth + 1));
  const json = objectOf(step);
  if (json.type === 'Sequence') return flat(json[list], list, depth + 1);
  return json.type === undefined ? [] : [json];
}

function stepText(step: Json): unknown {
  const { type, pattern, behavior, invert, individual_digits, add_prefix_space, use_regex } = step;
  switch (type) {
    case 'NFC':
      return [type];
    case 'Split':
      return [type, objectOf(pattern).Regex, behavior, invert ?? false];
    case 'Digits':
      return [type, individual_digits];
    case 'ByteLevel':
      return [type, add_prefix_space, use_regex ?? true];
    default:
      return step;
  }
}

const SPACE = '▁';

function sentencePiece(
  json: Json,
  tokens: readonly string[],
  merges: readonly (readonly [string, string])[],
): [string, WrittenValue][] {
  const steps = flat(json.normalizer, 'normalizers');
  const prefix = steps[0]?.type === 'Prepend' && steps[0].prepend === SPACE;
  const [spaces, ...others] = prefix ? steps.slice(1) : steps;
  const replaces = spaces?.type === 'Replace' && objectOf(spaces.pattern).String === ' ' && spaces.content === SPACE;
  // Text without spaces is not split at spaces.
  const cuts = flat(json.pre_tokenizer, 'pretokenizers').filter(({ pattern }) => objectOf(pattern).String !== ' ');
  if (!replaces || others.length > 0 || cuts.length > 0) {
    throw refusal(t('its tokenizer treats spaces in a way that llama.cpp does not know'));
  }
  const ranks = new Map<string, number>();
  for (const [left, right] of merges) if (!ranks.has(left + right)) ranks.set(left + right, ranks.size);
  const scores = tokens.map((token) => -(ranks.get(token) ?? ranks.size));
  if (JSON.stringify(mergesOf(tokens, scores)) !== JSON.stringify(merges)) {
    throw refusal(t('the merges of its tokenizer do not follow from a score of each piece'));
  }
  return [
    ['tokenizer.ggml.model', { kind: 'text', value: 'llama' }],
    ['tokenizer.ggml.pre', { kind: 'text', value: 'default' }],
    ['tokenizer.ggml.scores', { kind: 'f32s', value: scores }],
    ['tokenizer.ggml.add_space_prefix', { kind: 'bool', value: prefix }],
  ];
}
