import { describe, expect, it } from 'vitest';
import { PLAN_IDS, readPlace, writePlace } from './address';
import { LESSONS } from './lessons';
import { placeOf, planOf, PLANS } from './teaching';

describe('lesson plans', () => {
  it('are those that links can name', () => {
    expect(PLANS.map(({ id }) => id)).toEqual(PLAN_IDS);
  });
  it.each(PLANS.filter(({ minutes }) => minutes !== null))('$id: parts add up to its minutes', ({ parts, minutes }) => {
    expect(parts.reduce((sum, part) => sum + part.minutes, 0)).toBe(minutes);
  });
  it.each(PLANS.filter(({ shown }) => !shown))('$id: no lesson has less time than it takes', ({ parts }) => {
    const short = LESSONS.filter(({ id, minutes }) =>
      parts.some((part) => part.kind === 'lesson' && part.lesson === id && part.minutes < minutes),
    );
    expect(short).toEqual([]);
  });
  it('every lesson and quiz of a plan has a URL that leads back to it', () => {
    for (const { parts } of PLANS)
      for (const part of parts) {
        const place = placeOf(part);
        if (place === null) expect(part.kind).toBe('talk');
        else expect(readPlace(writePlace('', place))).toEqual(place);
      }
    expect(planOf('seminar').parts).toHaveLength(LESSONS.length);
  });
  it('the teacher’s page and handouts have URLs', () => {
    const handout = { kind: 'handout', plan: '50', answers: true } as const;
    expect(writePlace('?a=1&step=3&lesson=fair', handout)).toBe('?a=1&lesson=handout&plan=50&answers=yes');
    expect(readPlace('?lesson=handout&plan=50&answers=yes')).toEqual(handout);
    expect(readPlace('?lesson=handout&plan=20')).toEqual({ kind: 'handout', plan: '20', answers: false });
    expect(readPlace('?lesson=handout&plan=7')).toEqual({ kind: 'teach' });
    expect(readPlace('?lesson=teach')).toEqual({ kind: 'teach' });
    expect(writePlace('?lesson=handout&plan=50&answers=yes', null)).toBe('');
  });
});
