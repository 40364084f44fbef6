import { expect, it } from 'vitest';
import { createTokenizer } from './tokenizer';

/** Byte-level BPE that joins Arabic-Indic ١ and ٢, and ASCII 1 and 2, unless digits are split. */
async function encode(text: string, individual: boolean | null): Promise<number[]> {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const digits = { type: 'Digits', individual_digits: individual };
  const pieces = ['Ù', '¡', '¢', '1', '2', 'a', 'Ù¡', 'Ù¢', 'Ù¡Ù¢', '12', 'aÙ¡', 'a1'];
  const merges = ['Ù ¡', 'Ù ¢', 'Ù¡ Ù¢', '1 2', 'a Ù¡', 'a 1'];
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const json = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: individual === null ? byteLevel : { type: 'Sequence', pretokenizers: [digits, byteLevel] },
    post_processor: null,
    decoder: null,
    model: { type: 'BPE', unk_token: null, vocab, merges },
  };
  return (await createTokenizer(json, { tokenizer_class: 'PreTrainedTokenizerFast' })).encode(text);
}

it('splits at the digits of every script, as tokenizers does', async () => {
  expect(await encode('١٢', null)).toEqual([8]);
  expect(await encode('١٢', true)).toEqual([6, 7]);
  expect(await encode('a١٢', false)).toEqual([5, 8]);
  expect(await encode('12', true)).toEqual([3, 4]);
  expect(await encode('a12', false)).toEqual([5, 9]);
});
