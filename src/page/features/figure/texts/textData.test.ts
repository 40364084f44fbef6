import { expect, it } from 'vitest';
import { promptOf, sharedWords, textSentence } from './textData';

it('counts words of the target once, whatever their case', () => {
  expect(sharedWords('A small cup, a CUP of tea', 'teacup: a small cup')).toBe(3);
  expect(sharedWords('', 'teacup')).toBe(0);
  expect(sharedWords('Чашка', 'чашка!')).toBe(1);
});

it('says how many of the target’s words each model has', () => {
  const speakers = [
    { id: 'base', label: 'Base model', step: 0 },
    { id: 'karma', label: 'KARMA', step: 9 },
  ];
  const said = { karma: { text: 'a small cup', tokens: 3 } };
  const shown = { speakers, said, target: 'teacup: a small cup', prompt: '', state: 'done' } as const;
  expect(textSentence(shown)).toMatch(/Of the 4 words .* Base model says 0 and KARMA says 3\./);
  expect(textSentence({ ...shown, target: null })).toContain('Base model 0 and KARMA 3');
  expect(textSentence({ ...shown, speakers: [], state: 'idle' })).toBe('Nothing has been generated yet.');
});

it('accepts no empty prompt, and keeps the spaces of a text', () => {
  expect(promptOf('history', '  ')).toBeNull();
  expect(promptOf('item', ' teacup ')).toEqual({ kind: 'item', title: 'teacup' });
  expect(promptOf('text', ' a cup of ')).toEqual({ kind: 'text', text: ' a cup of ' });
});
