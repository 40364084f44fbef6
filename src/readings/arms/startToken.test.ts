import { expect, it } from 'vitest';
import { smallRecord } from '../../testing/smallRecord';
import { startTokenNote } from './startToken';

it('names [BOS] if the record does, and says if it is a mark of chats', () => {
  const { model } = smallRecord();
  const { startToken: _, ...older } = model;
  expect(startTokenNote({ model: older })).toBe('');
  expect(startTokenNote({ model: { ...model, startToken: { text: '<s>', opensTurns: false } } })).toBe(
    '[BOS] is this model’s bos_token, “<s>”.',
  );
  expect(startTokenNote({ model: { ...model, startToken: { text: '<|im_start|>', opensTurns: true } } })).toBe(
    '[BOS] is this model’s bos_token, “<|im_start|>”, with which its chat template opens every turn.',
  );
});
