/**
 * Records altered so that a verdict on them would mislead: each has its sentence, and ordinary records have
 * none of these.
 */
import { describe, expect, it } from 'vitest';
import { namedArm } from '../../../recipe/namedArms';
import type { ArmSpec } from '../../../recipe/runSpec';
import type { ArmRecord, RunRecord } from '../../../record/runRecord';
import { baselineRecord, columns, evaluation, ranking, sinks, smallRecord } from '../../../testing/smallRecord';
import { rankingBySplit } from '../../../measures/ranking/ranking';
import { verdictOf, verdictText } from '../verdict';

const N = 600;
const KS = [1, 10, 50, 200];

interface Alteration {
  readonly arms?: readonly ArmSpec[];
  /** Of every arm's targets, in the order of arms. */
  readonly ranks?: readonly (readonly number[])[];
  readonly trained?: (arm: ArmRecord, at: number) => ArmRecord;
  readonly record?: Partial<RunRecord>;
}

/** A share of the users at rank 1, the others far behind. */
const ranksOf = (share: number): number[] => Array.from({ length: N }, (_, user) => (user < share * N ? 1 : 900));

function altered({ arms, ranks, trained, record }: Alteration): RunRecord {
  const small = smallRecord();
  const specs = arms ?? [namedArm('action'), namedArm('karma'), namedArm('shuffled')];
  const all = (hr: number) => baselineRecord(ranking(N, hr, 0.01), rankingBySplit(ranksOf(hr), { cold: new Uint8Array(N) }, KS));
  const losses = Array.from({ length: 40 }, (_, step) => 7 - 0.05 * step);
  return {
    ...small,
    spec: {
      ...small.spec,
      arms: [...specs],
      evaluation: { ...small.spec.evaluation, ks: KS },
      training: { ...small.spec.training, steps: 40 },
    },
    baselines: { popularity: all(0.02), lastItem: all(0.03), zeroShot: all(0.05) },
    complete: true,
    arms: specs.map((spec, at): ArmRecord => {
      const own = ranks?.[at] ?? ranksOf(0.2);
      const arm: ArmRecord = {
        id: spec.id,
        steps: columns(losses, at > 0),
        attention: [],
        evaluations: [
          evaluation(40, 0.2, {
            population: 'all',
            ranks: [...own],
            cold: own.map(() => 0),
            ...rankingBySplit(own, { cold: new Uint8Array(own.length) }, KS),
          }),
        ],
      };
      return trained?.(arm, at) ?? arm;
    }),
    ...record,
  };
}

const said = (of: Alteration): string => verdictText(verdictOf(altered(of), null)!);
const [action, karma, shuffled] = [namedArm('action'), namedArm('karma'), namedArm('shuffled')];

it('an ordinary record with its control has none of these sentences', () => {
  const { limits } = verdictOf(altered({}), null)!;
  expect(limits).toEqual([
    'One seed: another may reverse this. The interval covers the sampling of users, not the seed.',
    'The behaviour in the sample log is simulated.',
    'One recipe does not show whether each arm has its best learning rate.',
  ]);
});

describe('all K are looked at', () => {
  /** The same at K ≤ 10; 60 users of the second arm fall behind rank 50. */
  const far = ranksOf(0.2).map((rank, user) => (rank === 1 ? 1 : user < 220 ? 40 : 900));
  const near = far.map((rank, user) => (rank === 40 && user < 160 ? 60 : rank));
  it('and the K where arms differ is named, with the usual one beside it', () => {
    const text = said({ ranks: [far, near, far] });
    expect(text).toContain(
      'KARMA ranks the next item worse than Action at K = 50: HR@50 is 30.0\u00a0% against 36.7\u00a0%, −6.7 points',
    );
    expect(text).toContain('HR@10 is 20.0\u00a0% against 20.0\u00a0%, not distinguishable.');
    expect(text).not.toContain('not distinguishable in ranking');
  });
  it('in both directions', () => {
    const usual = ranksOf(0.2);
    const spread = usual.map((rank, user) => (rank === 1 || user < 160 ? 5 : rank));
    expect(said({ ranks: [usual, spread, usual] })).toContain(
      'KARMA ranks the next item better than Action at K = 10, 50 and 200 and worse at K = 1: HR@10 is',
    );
  });
  it('and a difference at one alone that correction takes away is not hidden', () => {
    const seven = (rank: number): number[] => ranksOf(0.2).map((own, user) => (user >= 300 && user < 307 ? rank : own));
    const text = said({ ranks: [seven(20), seven(8), seven(20)] });
    expect(text).toContain('KARMA and Action are not distinguishable in ranking at K = 1 to 200: HR@10 is 21.2');
    expect(text).toContain(
      'Alone, this K would show a difference (p = .016); corrected for the 4 K that were looked at, it does not.',
    );
  });
});

describe('what the arms are', () => {
  const text = (...arms: readonly ArmSpec[]): string => said({ arms });
  it('names settings in which they differ', () => {
    const one = { ...action, learningRate: 0.004, rank: 64 };
    const other = { ...karma, learningRate: 0.016, rank: 2, sinkToken: true, headStart: 'fitted' as const };
    expect(text(one, other, shuffled)).toContain(
      'KARMA and Action also differ in learning rate (0.016 and 0.004), LoRA rank (2 and 64), head initialisation and sink token, which may be the cause.',
    );
    expect(text(action, karma, shuffled)).not.toContain('also differ in');
    const chosen = { learningRate: 0.004 };
    expect(text({ ...action, ...chosen }, { ...karma, ...chosen }, shuffled)).not.toContain('best learning rate');
  });
  it('says that a KARMA without a text loss has none, or none on the right text', () => {
    const none = { ...karma, lambdaGen: 0, lambdaRec: 0 };
    expect(text(action, none)).toContain('KARMA has no text loss, whatever its name says.');
    expect(text(action, { ...karma, shuffle: 'text' })).toContain(
      'KARMA has no loss on the right text, whatever its name says: its texts are those of random items.',
    );
    expect(text(action, karma)).not.toContain('whatever its name');
  });
  it('says that nothing separates the right text from any', () => {
    const missing = 'Nothing here separates the right text from any text.';
    expect(text(action, karma)).toContain(missing);
    expect(text(action, karma, shuffled)).not.toContain(missing);
    expect(text(action, namedArm('kl'))).not.toContain(missing);
    expect(text(action, namedArm('img'))).toContain('Nothing here separates the right picture from any picture.');
  });
  it('says that all started from an adapter', () => {
    expect(said({ record: { start: { name: 'mine', hash: 'a', heads: true } } })).toContain(
      'All arms start from the adapter mine, whose own training is not counted here.',
    );
  });
});

describe('whether they learned', () => {
  const price = 'so what they do to attention and language is no price of ranking.';
  it('says that neither is above chance', () => {
    // Of 1,000 items, K are at hand by chance: one rank for each.
    const chance = Array.from({ length: N }, (_, user) => 1 + ((user * 7919) % 1000));
    expect(said({ ranks: [chance, chance, chance] })).toContain(`Neither is distinguishable from chance at any K, ${price}`);
  });
  it('says that both stay below what is not trained', () => {
    const none = ranksOf(0.012);
    const text = said({ ranks: [none, none, none] });
    expect(text).toContain(`Both rank below zero-shot, which takes no training, ${price}`);
    expect(text).toContain('Both stay below zero-shot (5.0\u00a0%)');
  });
  it('says that an action loss ends no lower than it began', () => {
    const rising = Array.from({ length: 40 }, (_, step) => 6.7 + 0.01 * step);
    const trained = (arm: ArmRecord, at: number) => (at === 0 ? { ...arm, steps: columns(rising, false) } : arm);
    expect(said({ trained })).toContain(
      'The action loss, which training is to lower, ends no lower than it began: Action 6.72 → 7.00.',
    );
  });
  it('says what the run warned of', () => {
    const warned = (kind: 'no-gradient' | 'at-chance' | 'diverging') =>
      said({ trained: (arm, at) => (at === 1 ? { ...arm, warnings: [{ kind, step: 12, text: '' }] } : arm) });
    expect(warned('diverging')).toContain('KARMA diverges from step 12 on.');
    expect(warned('at-chance')).toContain('The action loss of KARMA stayed at chance (up to step 12).');
    expect(warned('no-gradient')).toContain('KARMA had a step without any gradient (step 12).');
  });
  it('says that one took three times as long', () => {
    const slow = (arm: ArmRecord, at: number): ArmRecord =>
      at === 1 ? { ...arm, steps: { ...arm.steps, seconds: arm.steps.seconds.map((seconds) => 3 * seconds) } } : arm;
    expect(said({ trained: slow })).toContain('KARMA took 3.0 times as long to train as Action: equal steps, not equal compute.');
  });
});

describe('targets that are not users', () => {
  const owners = Array.from({ length: N }, (_, target) => Math.floor(target / 3));
  it('are called targets, of so many users', () => {
    const trained = (arm: ArmRecord): ArmRecord => ({ ...arm, evaluations: arm.evaluations.map((one) => ({ ...one, owners })) });
    expect(said({ trained })).toContain('After 40 steps, on 600 test targets of 200 users:');
    const { data } = smallRecord();
    const unknown = said({ record: { data: { ...data, users: 223, targets: N } } });
    expect(unknown).toContain('on 600 test targets:');
    expect(unknown).toContain('Several targets may be of one user');
  });
});

describe('attention and language', () => {
  it('call no rounded digit a change', () => {
    const record = altered({});
    const arms = record.arms.map((arm, at) => ({
      ...arm,
      evaluations: arm.evaluations.map((one) => ({ ...one, sinks: sinks(at === 1 ? 0.02551 : 0.08) })),
    }));
    const { sentences } = verdictOf({ ...record, arms, base: { ...record.base, sinks: sinks(0.02495) } }, null)!;
    expect(sentences[1]!.text).toContain('to 8\u00a0%; KARMA hardly changes it: 3\u00a0%; Shuffled text raises it to 8\u00a0%.');
  });
  it('call a fall of the loss on texts practice, with arms that train on texts', () => {
    const record = altered({});
    const arms = record.arms.map((arm, at) => ({
      ...arm,
      evaluations: arm.evaluations.map((one) => ({
        ...one,
        values: { ...one.values, domainNll: [5, 3, 3.2][at]!, domainDrift: 0 },
      })),
    }));
    const { sentences } = verdictOf(
      { ...record, arms, base: { ...record.base, values: { ...record.base.values, domainNll: 4 } } },
      null,
    )!;
    expect(sentences[2]!.text).toMatch(
      /KARMA lowers it to 3\.00 nats, having practised such texts; Shuffled text lowers it to 3\.20 nats, having practised such texts\.$/,
    );
  });
});
