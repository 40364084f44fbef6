import { expect, it } from 'vitest';
import type { Continuation, RunRecord } from '../../record/runRecord';
import { runSpecSchema } from '../../recipe/runSpec';
import { evaluation, smallRecord } from '../../testing/smallRecord';
import { writtenTexts } from './writtenTexts';

const says = (text: string, baseNll: number): Continuation => ({ text, tokens: [[text, 0.5]], baseNll });

function record(): RunRecord {
  const small = smallRecord();
  const spec = runSpecSchema.parse({ ...small.spec, evaluation: { ...small.spec.evaluation, prompts: 'one | two ' } });
  const of: Record<string, Continuation[]> = {
    action: [says('x', 2), says('the the the', 9)],
    karma: [says('y', 2.5), says('a sea', 1)],
  };
  const arms = small.arms.map((arm) => ({ ...arm, evaluations: [evaluation(5, 0.1, { continuations: of[arm.id]! })] }));
  return { ...small, spec, arms, base: { ...small.base, continuations: [says('z', 1), says('a sea', 0.5)] } };
}

it('puts the prompt first on which the compared arms differ most', () => {
  const [first, second] = writtenTexts(record(), null);
  expect([first?.prompt, second?.prompt]).toEqual(['two', 'one']);
  expect(first?.apart).toBe(8);
  expect(first?.models.map(({ id, continuation }) => [id, continuation.text])).toEqual([
    ['base', 'a sea'],
    ['action', 'the the the'],
    ['karma', 'a sea'],
  ]);
});

it('puts another prompt first if it is asked for, at every step', () => {
  expect(writtenTexts(record(), null, 0).map(({ prompt }) => prompt)).toEqual(['one', 'two']);
});

it('is empty for a record without prompts', () => {
  expect(writtenTexts(smallRecord(), null)).toEqual([]);
});
