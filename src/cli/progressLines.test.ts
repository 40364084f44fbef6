import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../record/runEvents';
import { runSpecSchema } from '../recipe/runSpec';
import { evaluation, smallRecord } from '../testing/smallRecord';
import { emptyArm } from '../record/addToRecord';
import { ProgressLines } from './progressLines';

/** Lines that are printed while a clock goes on by hand. */
function begin(steps = 100) {
  const printed: string[] = [];
  const clock = { now: 0 };
  const lines = new ProgressLines(
    steps,
    (line) => printed.push(line),
    () => clock.now,
  );
  const wait = (seconds: number): string[] => {
    const before = printed.length;
    for (let i = 0; i < seconds; i++) {
      clock.now += 1000;
      lines.tick();
    }
    return printed.slice(before);
  };
  return { lines, wait, printed };
}

const features = (done: number): RunEvent => ({
  type: 'progress',
  progress: { stage: 'features', note: 'Embedding items', done, total: 5200 },
});

describe('ProgressLines', () => {
  it('says every ten seconds how far a stage is, and how long it will take', () => {
    const { lines, wait, printed } = begin();
    lines.take(features(0));
    expect(wait(9)).toEqual([]);
    expect(wait(1)).toEqual(['features: Embedding items  0 %  for 10 s']);
    lines.take(features(1300));
    expect(wait(10)).toEqual(['features: Embedding items  25 %  for 20 s, about 60 s left']);
    expect(printed).toHaveLength(2);
  });

  it('says how long training will take, from the run’s own times, beside the events’ own lines', () => {
    const { lines, wait } = begin();
    const small = smallRecord();
    const spec = runSpecSchema.parse({ ...small.spec, training: { steps: 40 }, evaluation: { evaluations: 1 } });
    const record = { ...small, spec, arms: small.arms.map(({ id }) => emptyArm(id)) };
    lines.take({ type: 'started', record });
    expect(wait(10)).toEqual([]);
    const attention = small.arms[0]!.attention[0]!;
    for (const { id } of record.arms) {
      lines.take({ type: 'evaluation', arm: id, evaluation: evaluation(0, 0.1, { took: 1 }), attention });
      const columns = { ...Object.fromEntries(Object.entries(small.arms[0]!.steps).map(([name, values]) => [name, values[0]])) };
      for (const step of [1, 3]) lines.take({ type: 'step', arm: id, columns: { ...columns, step, seconds: 5 * step } as never });
    }
    const [line, ...more] = wait(10);
    expect(more).toEqual([]);
    // 37 steps of 5 s and the evaluations of both arms.
    expect(line).toMatch(/^\w+ 3\/40 {2}about [67] min left$/);
    expect(record.arms.every(({ steps }) => steps.step.length === 0)).toBe(true);
    expect(wait(25)).toHaveLength(2);
  });
});
