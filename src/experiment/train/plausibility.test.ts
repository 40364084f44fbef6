import { describe, expect, it } from 'vitest';
import { StepWatch } from './plausibility';

const chance = Math.log(5200);
const step = (action: number, gradNorm = 1) => ({ total: action, action, gradNorm, chance });

function watchAll(losses: readonly number[]) {
  const watch = new StepWatch();
  return losses.flatMap((action, i) => watch.see(i + 1, step(action)) ?? []);
}

describe('StepWatch', () => {
  it('is silent during a run that learns, with noise', () => {
    const losses = Array.from({ length: 400 }, (_, i) => 3 + (chance - 3) * Math.exp(-i / 60) + 0.4 * Math.sin(i * 7.3));
    expect(watchAll(losses)).toEqual([]);
  });

  it('says once that loss and gradient are 0', () => {
    const watch = new StepWatch();
    expect(watch.see(1, step(0, 0))).toMatchObject({ kind: 'no-gradient', step: 1 });
    expect(watch.see(2, step(0, 0))).toBeNull();
    // A loss of 0 with a gradient, or the reverse, is no sign of it.
    expect(new StepWatch().see(1, step(0, 0.1))).toBeNull();
    expect(new StepWatch().see(1, step(0.1, 0))).toBeNull();
  });

  it('says after 50 steps within 0.01 nats of chance that nothing is learned, and not before', () => {
    const near = Array.from({ length: 60 }, (_, i) => chance + (i % 2 === 0 ? 0.009 : -0.009));
    expect(watchAll(near.slice(0, 49))).toEqual([]);
    expect(watchAll(near)).toMatchObject([{ kind: 'at-chance', step: 50 }]);
    // One exception restarts the count.
    expect(watchAll([...near.slice(0, 49), chance + 0.02, ...near.slice(0, 49)])).toEqual([]);
  });

  it('says that a run diverges while its loss is still a number', () => {
    const falls = Array.from({ length: 60 }, (_, i) => chance - i / 20);
    const rises = Array.from({ length: 60 }, (_, i) => chance - 3 + i / 4);
    const [warning, ...more] = watchAll([...falls, ...rises]);
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ kind: 'diverging' });
    expect(warning!.step).toBeGreaterThan(60);
    // A return to chance, but no further, is forgetting, not divergence.
    expect(watchAll([...falls, ...falls.toReversed()])).toEqual([]);
  });
});
