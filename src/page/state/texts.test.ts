import { expect, it } from 'vitest';
import type { TextEvent, TextRequest } from '../../record/generation';
import { asked, foldText, silenced, SILENT } from './texts';

const request: TextRequest = {
  id: 7,
  prompt: { kind: 'text', text: 'red wine:' },
  sampling: { temperature: 0, topK: 0, topP: 1, seed: 0 },
  maxTokens: 8,
};
const speakers = [{ id: 'base', label: 'Base model', step: 0 }];
const started: TextEvent = { type: 'text-started', id: 7, prompt: '[BOS] red wine:', target: null, speakers };

it('follows a request from waiting to its end', () => {
  const events: TextEvent[] = [
    started,
    { type: 'text-grown', id: 7, speaker: 'base', text: ' a', tokens: 1 },
    { type: 'text-grown', id: 7, speaker: 'base', text: ' a wine', tokens: 2 },
    { type: 'text-ended', id: 7, seconds: 0.5 },
  ];
  const waiting = asked(SILENT, request);
  expect(waiting.state).toBe('waiting');
  const done = events.reduce(foldText, waiting);
  expect(done).toMatchObject({ state: 'done', seconds: 0.5, said: { base: { text: ' a wine', tokens: 2 } }, speakers });
});

it('leaves what an earlier request says alone', () => {
  const later = asked(foldText(asked(SILENT, request), started), { ...request, id: 8 });
  expect(foldText(later, { type: 'text-grown', id: 7, speaker: 'base', text: 'late', tokens: 1 })).toBe(later);
});

it('says when the worker is gone, and only where it was speaking', () => {
  expect(silenced(asked(SILENT, request))).toMatchObject({ state: 'failed' });
  expect(silenced(SILENT)).toEqual(SILENT);
  const failed = foldText({ ...SILENT, exporting: ['base', 'karma'] }, { type: 'export-failed', speaker: 'base', message: 'no' });
  expect(failed).toMatchObject({ exporting: ['karma'], problem: 'no' });
});
