import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainedArm } from '../../src/engine/trainedArm';
import type { LoadedModel } from '../../src/model/loadedModel';
import { configureOrt } from '../../src/model/ortSession';
import type { TextEvent, TextRequest } from '../../src/record/generation';
import { runSpecSchema } from '../../src/recipe/runSpec';
import { TextGeneration, type TextInputs } from '../../src/runtime/textGeneration';
import { randomArm } from './randomArm';
import { watchSessions } from './sessionCount';
import { loadWordnet } from './wordnet';

let model: LoadedModel;
let arms: readonly TrainedArm[];
const sessions = watchSessions();
beforeAll(async () => {
  configureOrt();
  model = await loadWordnet();
  arms = [randomArm(model.config, 'action'), randomArm(model.config, 'karma')];
});

function inputs(change: Partial<TextInputs> = {}): TextInputs {
  const spec = runSpecSchema.parse({});
  return { model, provider: { name: 'wasm' }, spec, arms, history: () => Promise.reject(new RangeError('no log')), ...change };
}

function request(id: number, change: Partial<TextRequest> = {}): TextRequest {
  const sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 };
  return { id, prompt: { kind: 'text', text: 'red wine: a' }, sampling, maxTokens: 8, ...change };
}

function generation(idle?: number): { readonly texts: TextGeneration; readonly events: TextEvent[] } {
  const events: TextEvent[] = [];
  return { events, texts: new TextGeneration((event) => events.push(event), String, idle) };
}

/** What a speaker said last. */
function said(events: readonly TextEvent[], id: number, speaker: string): string {
  const grown = events.filter((event) => event.type === 'text-grown' && event.id === id && event.speaker === speaker);
  const last = grown.at(-1);
  return last?.type === 'text-grown' ? last.text : '';
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('generated text', () => {
  it('comes from all at once, differs between arms, and is the base model’s own without them', async () => {
    const { texts, events } = generation();
    await texts.speak(request(1), () => Promise.resolve(inputs()));
    expect(events[0]).toMatchObject({ type: 'text-started', prompt: '[BOS] red wine: a', target: null });
    expect(events.at(-1)).toMatchObject({ type: 'text-ended', id: 1 });
    const order = events.flatMap((event) => (event.type === 'text-grown' ? [event.speaker] : []));
    const [firsts, lasts] = [
      ['base', 'action', 'karma'].map((id) => order.indexOf(id)),
      [...new Set(order)].map((id) => order.lastIndexOf(id)),
    ];
    expect(Math.max(...firsts)).toBeLessThan(Math.min(...lasts));
    expect(new Set(['base', 'action', 'karma'].map((speaker) => said(events, 1, speaker))).size).toBe(3);
    await texts.speak(request(2), () => Promise.resolve(inputs({ arms: [] })));
    expect(said(events, 2, 'base')).toBe(said(events, 1, 'base'));
    await texts.release();
  });

  it('is drawn from the seed alone', async () => {
    const { texts, events } = generation();
    const drawn = (id: number, seed: number) =>
      texts.speak(request(id, { sampling: { temperature: 1, topK: 50, topP: 0.9, seed }, maxTokens: 12 }), () =>
        Promise.resolve(inputs()),
      );
    await drawn(1, 7);
    await drawn(2, 7);
    await drawn(3, 8);
    expect(said(events, 2, 'karma')).toBe(said(events, 1, 'karma'));
    expect(said(events, 3, 'karma')).not.toBe(said(events, 1, 'karma'));
    await texts.release();
  });

  it('is called off by hand and by the next request, and says what went wrong', async () => {
    const { texts, events } = generation();
    const long = texts.speak(request(1, { maxTokens: 200, sampling: { temperature: 5, topK: 0, topP: 1, seed: 1 } }), () =>
      Promise.resolve(inputs()),
    );
    while (!events.some((event) => event.type === 'text-grown')) await pause(5);
    await texts.speak(request(2), () => Promise.resolve(inputs()));
    await long;
    const ends = events.flatMap((event) => (event.type === 'text-ended' ? [event.id] : []));
    expect(ends).toEqual([1, 2]);
    expect(events.filter((event) => event.type === 'text-grown' && event.id === 1).length).toBeLessThan(600);
    await texts.speak(request(3, { prompt: { kind: 'history', user: 'x' } }), () => Promise.resolve(inputs()));
    expect(events.at(-1)).toMatchObject({ type: 'text-failed', id: 3, message: 'RangeError: no log' });
    await texts.release();
  });

  it('keeps one session while it speaks, and none when it has been silent', async () => {
    const before = sessions.created();
    const { texts, events } = generation(60);
    await texts.speak(request(1), () => Promise.resolve(inputs()));
    await texts.speak(request(2), () => Promise.resolve(inputs()));
    expect(sessions.created() - before).toBe(1);
    expect(sessions.open()).toBe(1);
    await pause(300);
    expect(sessions.open()).toBe(0);
    await texts.speak(request(3), () => Promise.resolve(inputs()));
    expect(said(events, 3, 'karma')).toBe(said(events, 1, 'karma'));
    await texts.release();
    expect(sessions.open()).toBe(0);
  });
});
