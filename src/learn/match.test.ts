/** Texts of two arms to be told apart. */
import { describe, expect, it } from 'vitest';
import { shippedEvidence } from '../testing/shippedEvidence';
import type { MatchPrediction } from './lesson';
import { matchingOf, matchText } from './match';
import { say } from './words';

const evidence = shippedEvidence();
const prediction: MatchPrediction = {
  kind: 'match',
  asks: say('Which?'),
  run: 'collapse',
  arm: 'karma',
  other: 'action',
  histories: [0, 1, 2, 3, 4],
  why: { id: 'why', asks: say('Why?'), options: [] },
};

describe('pairs of texts', () => {
  const matching = matchingOf(evidence, prediction)!;
  it('hold what the probe decoder wrote from both arms, the wanted one in either place', () => {
    const { arms } = evidence.runs.get('collapse')!;
    const decoded = (arm: string): string[] =>
      arms
        .find(({ id }) => id === arm)!
        .evaluations.at(-1)!
        .fidelity!.decoded.map((text) => `“${text.trim()}”`);
    expect([matching.arm, matching.other]).toEqual(['KARMA', 'Action']);
    matching.pairs.forEach(({ texts, right, target }, i) => {
      expect(texts[right]).toBe(decoded('karma')[i]);
      expect(texts[1 - right]).toBe(decoded('action')[i]);
      expect(target).toBe(`“${evidence.runs.get('collapse')!.probes[i]!.target}”`);
    });
    expect(new Set(matching.pairs.map(({ right }) => right)).size).toBe(2);
  });
  it('are counted, beside what guessing finds', () => {
    const all = matching.pairs.map(({ right }) => right);
    expect(matchText(all, matching)).toBe('You recognised 5 of 5. Guessing finds 2.5 on average.');
    expect(matchText([1 - all[0]!, ...all.slice(1)], matching)).toContain('recognised 4 of 5');
  });
  it('are null if the evidence lacks a text, an arm or the run', () => {
    expect(matchingOf(evidence, { ...prediction, histories: [0, 99] })).toBeNull();
    expect(matchingOf(evidence, { ...prediction, other: 'nobody' })).toBeNull();
    expect(matchingOf({ ...evidence, runs: new Map() }, prediction)).toBeNull();
  });
});
