/** A user’s stored progress through the lessons, and the place in the URL. */
import { describe, expect, it } from 'vitest';
import { readPlace, writePlace } from './address';
import { again, atStep, chose, drew, finished, met, NO_PROGRESS, progressOf, readProgress, sat } from './progress';

describe('progress', () => {
  it('stores step, answers in order, drawn curves and skipped ones', () => {
    let progress = atStep(NO_PROGRESS, 'collapse', 3);
    progress = chose(progress, 'collapse', 'why', 2);
    progress = chose(progress, 'collapse', 'why', 0);
    progress = chose(progress, 'collapse', 'why', 2);
    progress = drew(progress, 'collapse', 'first', [0.1, 0.2]);
    progress = drew(progress, 'collapse', 'second', null);
    expect(progressOf(progress, 'collapse')).toEqual({
      step: 3,
      done: false,
      chosen: { why: [2, 0] },
      drawn: { first: [0.1, 0.2], second: null },
    });
    expect(progressOf(progress, 'fair')).toEqual({ step: 0, done: false, chosen: {}, drawn: {} });
    expect(readProgress(JSON.parse(JSON.stringify(progress)))).toEqual(progress);
  });
  it('forgets answers when a lesson is restarted, but not that it was finished', () => {
    const progress = again(finished(chose(NO_PROGRESS, 'collapse', 'why', 0), 'collapse'), 'collapse');
    expect(progressOf(progress, 'collapse')).toEqual({ step: 0, done: true, chosen: {}, drawn: {} });
  });
  it('stores challenges once, and both attempts at the quiz', () => {
    const once = met(NO_PROGRESS, 'lambda');
    expect(met(once, 'lambda')).toBe(once);
    expect(sat(once, 'after', [1, null]).quiz).toEqual({ before: null, after: [1, null] });
  });
  it.each([[null], ['text'], [{ version: 2 }], [{ ...NO_PROGRESS, lessons: { nothing: {} } }], [{ ...NO_PROGRESS, met: [1] }]])(
    'starts over if storage holds %j',
    (stored) => {
      expect(readProgress(stored)).toEqual(NO_PROGRESS);
    },
  );
});

describe('the URL', () => {
  it.each([
    ['', null],
    ['?theme=dark', null],
    ['?lesson=all', { kind: 'home' }],
    ['?lesson=nothing&step=2', { kind: 'home' }],
    ['?lesson=challenges', { kind: 'challenges' }],
    ['?lesson=quiz', { kind: 'quiz' }],
    ['?lesson=collapse', { kind: 'lesson', lesson: 'collapse', step: null }],
    ['?lesson=collapse&step=3', { kind: 'lesson', lesson: 'collapse', step: 2 }],
    ['?lesson=collapse&step=0', { kind: 'lesson', lesson: 'collapse', step: null }],
    ['?lesson=collapse&step=x', { kind: 'lesson', lesson: 'collapse', step: null }],
  ])('%s', (search, place) => {
    expect(readPlace(search)).toEqual(place);
  });
  it('is written back, keeps other parameters, and leaves nothing behind', () => {
    const written = writePlace('?a=1&lesson=fair', { kind: 'lesson', lesson: 'collapse', step: 2 });
    expect(written).toBe('?a=1&lesson=collapse&step=3');
    expect(readPlace(written)).toEqual({ kind: 'lesson', lesson: 'collapse', step: 2 });
    expect(writePlace(written, { kind: 'home' })).toBe('?a=1&lesson=all');
    expect(readPlace(writePlace(written, { kind: 'quiz' }))).toEqual({ kind: 'quiz' });
    expect(writePlace('?lesson=collapse&step=3', null)).toBe('');
  });
});
