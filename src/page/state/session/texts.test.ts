import { beforeEach, expect, it } from 'vitest';
import { runSpecSchema } from '../../../recipe/runSpec';
import type { TextPart, TextRequest } from '../../../record/generation';
import { QuestionFailed, type CallOptions } from '../../../runtime/rpc/connect';
import { calledOff } from '../../../runtime/rpc/messages';
import { NO_TEXTS, startTexts, useTexts, type TextSession } from './texts';

const SPEC = runSpecSchema.parse({});
const GONE = new QuestionFailed({ code: 'internal', message: 'The worker stopped.', advice: 'Ask again.', detail: '' });
const request = (text: string): TextRequest => ({
  prompt: { kind: 'text', text },
  sampling: { temperature: 0, topK: 0, topP: 1, seed: 0 },
  maxTokens: 8,
});
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

interface Speaking {
  readonly tell: (part: TextPart) => void;
  readonly end: (seconds: number | Error) => void;
}

/** A session whose requests are answered when the test says so, in order. */
function begin(): { readonly session: TextSession; readonly asked: Speaking[] } {
  const asked: Speaking[] = [];
  const speak = (_: unknown, { signal, onPart }: CallOptions<TextPart> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => {
        reject(calledOff());
      });
      const end = (seconds: number | Error): void => {
        if (seconds instanceof Error) reject(seconds);
        else resolve(seconds);
      };
      asked.push({ tell: (part) => onPart?.(part), end });
    });
  const exports = {
    adapter: () => Promise.reject(GONE),
    experiment: () => Promise.reject(GONE),
    job: () => Promise.reject(GONE),
    log: () => Promise.reject(GONE),
    model: () => Promise.reject(GONE),
  };
  return { session: startTexts(() => ({ texts: { speak }, exports })), asked };
}

const speakers = [{ id: 'base', label: 'Base model', step: 0 }];
const started: TextPart = { type: 'started', prompt: '[BOS] red wine:', target: null, speakers };

beforeEach(() => {
  useTexts.setState(NO_TEXTS);
});

it('follows a request from waiting to its end', async () => {
  const { session, asked } = begin();
  session.speak(request('red wine:'), { spec: SPEC });
  expect(useTexts.getState().state).toBe('waiting');
  asked[0]!.tell(started);
  asked[0]!.tell({ type: 'grown', speaker: 'base', text: ' a', tokens: 1 });
  asked[0]!.tell({ type: 'grown', speaker: 'base', text: ' a wine', tokens: 2 });
  expect(useTexts.getState().state).toBe('speaking');
  asked[0]!.end(0.5);
  await turn();
  expect(useTexts.getState()).toMatchObject({
    state: 'done',
    seconds: 0.5,
    said: { base: { text: ' a wine', tokens: 2 } },
    speakers,
  });
});

it('ends with what was generated if cancelled, and waits for a later request that cancels it', async () => {
  const { session, asked } = begin();
  session.speak(request('one'), { spec: SPEC });
  asked[0]!.tell(started);
  session.speak(request('two'), { spec: SPEC });
  await turn();
  expect(useTexts.getState().state).toBe('waiting');
  asked[1]!.tell(started);
  session.cancel();
  await turn();
  expect(useTexts.getState()).toMatchObject({ state: 'done', problem: null });
});

it('reports a lost worker, for texts and for exports', async () => {
  const { session, asked } = begin();
  session.speak(request('one'), { spec: SPEC });
  asked[0]!.end(GONE);
  await turn();
  expect(useTexts.getState()).toMatchObject({ state: 'failed', problem: 'The worker stopped. Ask again.' });
  useTexts.setState(NO_TEXTS);
  session.exportOnnx('base', { spec: SPEC });
  expect(useTexts.getState().exporting).toEqual(['base']);
  await turn();
  expect(useTexts.getState()).toMatchObject({ exporting: [], problem: 'The worker stopped. Ask again.' });
});
