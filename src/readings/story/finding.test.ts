import { describe, expect, it } from 'vitest';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { namedArm } from '../../recipe/namedArms';
import { evaluation, modelValues, ranking, sinks, smallRecord } from '../../testing/smallRecord';
import { armsOf } from '../arms/armsOf';
import { findingOf } from './finding';
import { frameArms, frameAt, frameCurves, frameScope } from './frameData';

const N = 1000;

interface Made {
  readonly hr: number;
  readonly sink: number;
  readonly nll: number;
}

/** Base model's values in `smallRecord`. */
const { base } = smallRecord();
const KEPT = { sink: 0, nll: base.values.lmNll! };

/** A record whose arms have these final HR@10, sink rates and NLL. */
function record(made: Readonly<Record<string, Made>>): RunRecord {
  const small = smallRecord();
  const final = ({ hr, sink, nll }: Made): Evaluation =>
    evaluation(small.spec.training.steps, hr, {
      population: 'all',
      ...ranking(N, hr, 0.01),
      sinks: sinks(sink),
      values: modelValues(nll, nll - small.base.values.lmNll!),
    });
  const names = Object.keys(made) as ('action' | 'karma' | 'shuffled' | 'kl' | 'random-target')[];
  return {
    ...small,
    spec: { ...small.spec, arms: names.map((name) => namedArm(name)) },
    base: { ...small.base, sinks: sinks(0) },
    arms: names.map((id) => ({ ...small.arms[0]!, id, evaluations: [final(made[id]!)] })),
    complete: true,
  };
}

describe('the finding', () => {
  const lost = { hr: 0.1, sink: 0.5, nll: base.values.lmNll! + Math.log(3) };
  it('says what clicks alone cost, that a text loss prevents it, and that controls do as well', () => {
    const [first, second] = findingOf(
      record({
        action: lost,
        karma: { hr: 0.1, ...KEPT },
        shuffled: { hr: 0.1, ...KEPT },
        kl: { hr: 0.1, ...KEPT },
        'random-target': { hr: 0.1, ...KEPT },
      }),
    );
    expect(first).toBe(
      'Trained on clicks alone (Action), the model loses language (item texts get 3.0 times less likely, per token) and 50\u00a0% of its attention heads lock onto one item; a text loss (KARMA) prevents both.',
    );
    expect(second).toMatch(/^Recommendations get neither better nor worse \(/);
    // Targets from which nothing can be learned are no cure.
    expect(second).toContain('the text of random items and a KL penalty protect as well.');
  });

  it('names no cure, and no prevention, where nothing is lost', () => {
    const [first, second] = findingOf(
      record({ action: { hr: 0.1, ...KEPT }, karma: { hr: 0.1, ...KEPT }, kl: { hr: 0.1, ...KEPT } }),
    );
    expect(first).toContain('keeps its language, and no more of its attention heads lock onto one item than before');
    expect(first).toContain('so there is nothing that a text loss (KARMA) could prevent');
    expect(second).not.toContain('protect');
  });

  it('tells prevention of one, of part, and none apart', () => {
    const first = (karma: Made, action: Made = lost): string => findingOf(record({ action, karma }))[0]!;
    expect(first({ hr: 0.1, ...KEPT }, { ...lost, sink: 0 })).toMatch(
      /loses language: item texts get .*; a text loss \(KARMA\) prevents it\.$/,
    );
    expect(first({ hr: 0.1, ...KEPT, sink: 0.2 })).toContain('with a text loss (KARMA) it is 1.0 times and 20\u00a0%');
    expect(first(lost)).toContain('a text loss (KARMA) does not prevent both');
  });

  it('says who ranks better, and of one arm only what became of it', () => {
    const second = (hr: number): string => findingOf(record({ action: lost, karma: { hr, ...KEPT } }))[1]!;
    expect(second(0.2)).toMatch(/^In this run KARMA recommends better \(20\.0/);
    expect(second(0.05)).toMatch(/^In this run KARMA recommends worse \(/);
    expect(findingOf(record({ action: lost })).join()).toContain('with one arm there is nothing to compare it with');
    expect(findingOf({ ...record({ action: lost }), arms: [] })).toHaveLength(1);
  });
});

describe('the picture', () => {
  it('shows base model, control and the chosen arm with numbers of one step, and draws the same arms', () => {
    const made = smallRecord();
    const arms = armsOf(made);
    const shown = frameArms(arms, null);
    expect(shown.map(({ id }) => id)).toEqual(['action', 'karma']);
    const at = { probe: 0, layer: 0, head: 0 };
    const frame = frameAt(made, arms, shown, at, null);
    expect(frame.models.map(({ id }) => id)).toEqual(['base', 'action', 'karma']);
    expect(frame.models.every(({ heads }) => heads !== null)).toBe(true);
    for (const { series, references } of frameCurves(made, shown, 'step')) {
      expect(series.map(({ id }) => id)).toEqual(['action', 'karma']);
      expect(series.every((one) => one.apart === undefined)).toBe(true);
      expect(references.length).toBeLessThanOrEqual(1);
    }
    expect(frameScope(made, arms, at)).toContain('One run, seed');
  });
});
