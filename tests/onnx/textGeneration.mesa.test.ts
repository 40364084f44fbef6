import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainedArm } from '../../src/engine/trainedArm';
import type { LoadedModel } from '../../src/model/loadedModel';
import { configureOrt } from '../../src/model/ortSession';
import type { TextPart, TextRequest } from '../../src/record/generation';
import { runSpecSchema } from '../../src/recipe/runSpec';
import type { TextInputs } from '../../src/runtime/services/textPrompts';
import { TextService } from '../../src/runtime/services/texts';
import { randomArm } from '../../src/testing/randomArm';
import { watchSessions } from '../../src/testing/sessionCount';
import { loadWordnet } from '../../src/testing/wordnetModel';

let model: LoadedModel;
let arms: readonly TrainedArm[];
const sessions = watchSessions();
beforeAll(async () => {
  configureOrt();
  model = await loadWordnet();
  arms = [randomArm(model.config, 'action'), randomArm(model.config, 'karma')];
});

function inputs(change: Partial<TextInputs> = {}): TextInputs {
  const spec = runSpecSchema.parse({ version: 1 });
  return { model, provider: { name: 'wasm' }, spec, arms, history: () => Promise.reject(new RangeError('no log')), ...change };
}

interface Spoken {
  readonly parts: TextPart[];
  readonly ended: Promise<number>;
}

class Generation {
  readonly texts: TextService;
  inputs = inputs();

  constructor(idle?: number) {
    this.texts = new TextService(() => Promise.resolve(this.inputs), idle);
  }

  speak(change: Partial<TextRequest> = {}): Spoken {
    const sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 };
    const request: TextRequest = { prompt: { kind: 'text', text: 'red wine: a' }, sampling, maxTokens: 8, ...change };
    const parts: TextPart[] = [];
    const asking = { signal: new AbortController().signal, tell: (part: TextPart) => void parts.push(part) };
    return { parts, ended: this.texts.speak({ request, spec: runSpecSchema.parse({ version: 1 }) }, asking) };
  }
}

/** A speaker's last text. */
function said({ parts }: Spoken, speaker: string): string {
  const last = parts.findLast((part) => part.type === 'grown' && part.speaker === speaker);
  return last?.type === 'grown' ? last.text : '';
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('generated text', () => {
  it('comes from all models at once, differs between arms, and is the base model’s alone without arms', async () => {
    const generation = new Generation();
    const first = generation.speak();
    expect(await first.ended).toBeGreaterThan(0);
    expect(first.parts[0]).toMatchObject({ type: 'started', prompt: '[BOS] red wine: a', target: null });
    const order = first.parts.flatMap((part) => (part.type === 'grown' ? [part.speaker] : []));
    const [firsts, lasts] = [
      ['base', 'action', 'karma'].map((id) => order.indexOf(id)),
      [...new Set(order)].map((id) => order.lastIndexOf(id)),
    ];
    expect(Math.max(...firsts)).toBeLessThan(Math.min(...lasts));
    expect(new Set(['base', 'action', 'karma'].map((speaker) => said(first, speaker))).size).toBe(3);
    generation.inputs = inputs({ arms: [] });
    const alone = generation.speak();
    await alone.ended;
    expect(said(alone, 'base')).toBe(said(first, 'base'));
    await generation.texts.release();
  });

  it('depends only on the seed', async () => {
    const generation = new Generation();
    const drawn = async (seed: number): Promise<string> => {
      const spoken = generation.speak({ sampling: { temperature: 1, topK: 50, topP: 0.9, seed }, maxTokens: 12 });
      await spoken.ended;
      return said(spoken, 'karma');
    };
    const first = await drawn(7);
    expect(await drawn(7)).toBe(first);
    expect(await drawn(8)).not.toBe(first);
    await generation.texts.release();
  });

  it('is cancelled by the next request, and reports what went wrong', async () => {
    const generation = new Generation();
    const long = generation.speak({ maxTokens: 200, sampling: { temperature: 5, topK: 0, topP: 1, seed: 1 } });
    const called = expect(long.ended).rejects.toMatchObject({ name: 'AbortError' });
    while (!long.parts.some((part) => part.type === 'grown')) await pause(5);
    await generation.speak().ended;
    await called;
    expect(long.parts.length).toBeLessThan(600);
    await expect(generation.speak({ prompt: { kind: 'history', user: 'x' } }).ended).rejects.toThrow('no log');
    await generation.texts.release();
  });

  it('keeps one session while it generates, and none after being idle', async () => {
    const before = sessions.created();
    const generation = new Generation(60);
    const first = generation.speak();
    await first.ended;
    await generation.speak().ended;
    expect(sessions.created() - before).toBe(1);
    expect(sessions.open()).toBe(1);
    await pause(300);
    expect(sessions.open()).toBe(0);
    const again = generation.speak();
    await again.ended;
    expect(said(again, 'karma')).toBe(said(first, 'karma'));
    await generation.texts.release();
    expect(sessions.open()).toBe(0);
  });
});
