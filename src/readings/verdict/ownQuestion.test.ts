import { describe, expect, it } from 'vitest';
import { shippedEvidence } from '../../testing/shippedEvidence';
import { baseUserSinks } from '../../measures/sinks/userSinks';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { verdictOf } from './verdict';

const { runs } = shippedEvidence();
const question = (record: RunRecord, step: number | null = null): string =>
  verdictOf(record, step)?.sentences.find(({ topic }) => topic === 'question')?.text ?? '';

/** The recorded run of Rank, an arm's language and attention being the base model's at these evaluations. */
function kept(of: string, at: (evaluation: Evaluation) => boolean): RunRecord {
  const rank = runs.get('rank')!;
  const { base } = rank;
  const untouched = (one: Evaluation): Evaluation => ({
    ...one,
    sinks: base.sinks,
    userSinks: baseUserSinks(rank)!,
    values: { ...one.values, domainNll: base.values.domainNll!, lmNll: base.values.lmNll! },
  });
  const arms = rank.arms.map((arm) =>
    arm.id === of ? { ...arm, evaluations: arm.evaluations.map((one) => (at(one) ? untouched(one) : one)) } : arm,
  );
  return { ...rank, arms };
}

describe('whether a larger adapter collapses sooner', () => {
  const rank = runs.get('rank')!;
  const steps = [...new Set(rank.arms[0]!.evaluations.map(({ step }) => step))].filter((step) => step > 0);

  it('is told from the first steps at which each has lost something', () => {
    const third = steps[2]!;
    expect(question(kept('action', ({ step }) => step < third))).toMatch(
      new RegExp(
        `^A larger adapter collapses sooner \\(rank 64 against 8\\): language is lost, from step ${steps[0]} on with Action · rank 64 and from step ${third} on with Action;`,
      ),
    );
    expect(question(kept('action-64', () => true))).toMatch(
      /^A larger adapter collapses later .* never with Action · rank 64 and from step /,
    );
  });

  it('is no where both lose the same at the same steps, and where neither loses anything', () => {
    const action = rank.arms.find(({ id }) => id === 'action')!;
    const same = {
      ...rank,
      arms: rank.arms.map((arm) => (arm.id === 'action-64' ? { ...arm, evaluations: action.evaluations } : arm)),
    };
    expect(question(same)).toMatch(/^A larger adapter does not collapse sooner, .* language is lost, from step \d+ on with both/);
    const held = kept('action', () => true);
    const arms = held.arms.map((arm) =>
      arm.id === 'action-64' ? { ...arm, evaluations: held.arms.find(({ id }) => id === 'action')!.evaluations } : arm,
    );
    expect(question({ ...held, arms })).toBe('With neither size of adapter is language lost or do more heads get stuck.');
  });

  it('reads nothing of later steps, and is not asked where ranks are alike', () => {
    expect(
      question(
        kept('action', ({ step }) => step < steps[1]!),
        steps[0],
      ),
    ).toContain('never with Action');
    expect(question(runs.get('quick')!)).toBe('');
  });
});

it('reports cold targets where items are held out', () => {
  const unseen = runs.get('unseen')!;
  const said = question(unseen);
  expect(said).toMatch(
    /^Of cold targets, .* HR@10 is [\d.]+\u00a0% with Action and [\d.]+\u00a0% with KARMA; the best baseline there is /,
  );
  const arms = unseen.arms.map((arm) => ({
    ...arm,
    evaluations: arm.evaluations.map((one) => ({ ...one, values: { ...one.values, 'cold-hr@10': 0.123 } })),
  }));
  expect(question({ ...unseen, arms })).toContain('HR@10 is 12.3\u00a0% with Action and 12.3\u00a0% with KARMA');
});

it('says where both end below what takes no training', () => {
  const limit = /Both rank below untrained start, which takes no training/;
  const few = runs.get('few')!;
  expect(verdictOf(few, null)!.limits.join(' ')).toMatch(limit);
  const { start } = few.baselines;
  const none = { ...start!, all: { ...start!.all, values: {}, ranks: [] } };
  expect(verdictOf({ ...few, baselines: { ...few.baselines, start: none } }, null)!.limits.join(' ')).not.toMatch(limit);
});
