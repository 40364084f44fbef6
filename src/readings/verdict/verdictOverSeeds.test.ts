import { describe, expect, it } from 'vitest';
import { ONLY_GIVEN } from '../../record/poolSizes';
import type { RunRecord } from '../../record/runRecord';
import { runOfSeed as run } from '../../testing/seedRun';
import { sinks } from '../../testing/smallRecord';
import { describeRun, type RunEntry } from '../runs/runEntry';
import { armsOverSeeds, hiddenSeeds } from './armsOverSeeds';
import { verdictOverSeeds } from './verdictOverSeeds';

const entryOf = (record: RunRecord, marks: Partial<RunEntry> = {}): RunEntry => ({
  ...describeRun(record, { status: 'finished' }),
  ...marks,
});

const three = [0, 1, 2].map((seed) =>
  run(
    seed,
    { hr: 0.1 + 0.002 * seed, sink: 0.5 + 0.01 * seed, nll: 9 + 0.1 * seed },
    { hr: 0.14 + 0.003 * seed, sink: 0.1, nll: 4 + 0.01 * seed },
  ),
);
const [first] = three as [RunRecord, RunRecord, RunRecord];
const entries = three.map((record) => entryOf(record));

describe('armsOverSeeds', () => {
  it('takes finished runs of the same recipe, whatever their names, each seed once', () => {
    const again = entryOf(run(1, { hr: 0.9, sink: 0, nll: 1 }, { hr: 0.9, sink: 0, nll: 1 }, 'renamed'));
    const arms = armsOverSeeds(first, [...entries, again])!;
    expect(arms.map(({ id, bySeed }) => [id, [...bySeed.keys()]])).toEqual([
      ['action', [0, 1, 2]],
      ['karma', [0, 1, 2]],
    ]);
    expect(arms[0]!.bySeed.get(2)!['hr@10']).toBeCloseTo(0.104, 9);
  });

  it('leaves out hidden, unfinished and other runs; is null for one seed', () => {
    const other = { ...three[2]!, spec: { ...three[2]!.spec, lora: { ...three[2]!.spec.lora, rank: 2 } } };
    const out = [entryOf(three[1]!, { hidden: true }), entryOf(three[2]!, { status: 'stopped' }), entryOf(other)];
    expect(armsOverSeeds(first, [entries[0]!, ...out])).toBeNull();
    expect(armsOverSeeds({ ...first, complete: false }, entries)).toBeNull();
  });
});

describe('verdictOverSeeds', () => {
  const said = (record: RunRecord, of: readonly RunEntry[] = entries): Record<string, string> => {
    const verdict = verdictOverSeeds(record, armsOverSeeds(record, of)!)!;
    return Object.fromEntries([
      ['when', verdict.when],
      ['limits', verdict.limits.join(' ')],
      ...verdict.sentences.map(({ topic, text }) => [topic, text]),
    ]) as Record<string, string>;
  };

  it('gives means and intervals over seeds', () => {
    const { when, ranking, limits } = said(first);
    expect(when).toContain('Over 3 seeds (0, 1 and 2)');
    // Differences 4.0, 4.1 and 4.2 points: mean 4.1, standard error 0.1/√3, t.975 of 2 degrees 4.303.
    expect(ranking).toContain(
      'KARMA ranks the next item better than Action at K = 1 and 10: HR@10 is 14.3\u00a0% against 10.2\u00a0% on average, +4.1 points [3.9, 4.3].',
    );
    expect(limits).toContain('Means over 3 seeds');
    expect(limits).not.toContain('One seed');
    expect(limits).not.toContain('candidate');
  });

  it('says that only targets with a candidate set are ranked, where that is so', () => {
    const given = three.map((record): RunRecord => {
      const evaluation = { ...record.spec.evaluation, protocol: 'pre-ranking' as const, poolFrom: 'given' as const };
      return { ...record, spec: { ...record.spec, evaluation } };
    });
    const of = given.map((record) => entryOf(record));
    expect(said(given[0]!, of).limits).toContain(ONLY_GIVEN);
  });

  it('calls attention and language changed only if the interval excludes the base model', () => {
    const base = { ...first.base, sinks: sinks(0.1) };
    const { attention, language } = said({ ...first, base });
    expect(attention).toMatch(
      /^Action raises the share .* from 10\u00a0% in the base model to 51\u00a0% \[49\u00a0%, 53\u00a0%\]; KARMA does not measurably change it: 10\u00a0%/,
    );
    expect(language).toMatch(
      /^Action raises .* from 3\.60 nats in the base model to 9\.10 nats \[8\.85 nats, 9\.35 nats\]; KARMA raises it to 4\.01 nats/,
    );
  });

  it('reads language above the base model of each seed, which draws texts of its own', () => {
    // Seed 2 drew texts that are harder by a nat, for the base model as for the arms.
    const harder = run(2, { hr: 0.1, sink: 0.1, nll: 5 }, { hr: 0.1, sink: 0.1, nll: 4 });
    const lifted = harder.arms.map((arm) => ({
      ...arm,
      evaluations: arm.evaluations.map((one) => ({ ...one, values: { ...one.values, lmNll: one.values.lmNll! + 1 } })),
    }));
    const same = [0, 1].map((seed) => run(seed, { hr: 0.1, sink: 0.1, nll: 5 }, { hr: 0.1, sink: 0.1, nll: 4 }));
    const of = [...same, { ...harder, arms: lifted }].map((record) => entryOf(record));
    expect(said(same[0]!, of).language).toContain('KARMA does not measurably change it: 4.00 nats');
    expect(said(same[0]!, of).language).toContain('Action does not measurably change');
  });

  it('compares attention with the base model on sampled users, on whom alone it was measured', () => {
    const sampled = three.map((record): RunRecord => {
      const arms = record.arms.map((arm) => {
        const [last] = arm.evaluations;
        const over = (users: number, rate: number) => ({ ...sinks(rate), users, meanLength: 3.5, sinkRate: [rate] });
        const before = { ...last!, population: 'sample' as const };
        return {
          ...arm,
          evaluations: [
            { ...before, step: 0, userSinks: over(30, 0.2) },
            { ...before, userSinks: over(30, 0.3 + 0.001 * record.spec.seed) },
            { ...last!, userSinks: over(1000, 0.1 + 0.001 * record.spec.seed) },
          ],
        };
      });
      return { ...record, arms };
    });
    const { attention, limits } = said(
      sampled[0]!,
      sampled.map((record) => entryOf(record)),
    );
    expect(attention).toMatch(/^Action raises .* from 20\u00a0% in the base model to 30\u00a0% .*; KARMA raises it to 30\u00a0%/);
    expect(limits).toContain('Attention is compared on the sampled users of each seed');
    // Measured on the test users too, it is compared with what the tables over seeds show.
    const tested = (rate: (seed: number) => number): Record<string, string> => {
      const records = sampled.map((record): RunRecord => {
        const own = rate(record.spec.seed);
        const testSinks = { ...sinks(own), users: 1000, meanLength: 4.5, sinkRate: [own] };
        return { ...record, base: { ...record.base, testSinks } };
      });
      return said(
        records[0]!,
        records.map((record) => entryOf(record)),
      );
    };
    const alike = tested((seed) => 0.1 + 0.001 * seed);
    expect(alike.attention).toMatch(/^Action does not measurably change .* \(base model 10\u00a0%\): 10\u00a0%/);
    expect(alike.limits).not.toContain('sampled users of each seed');
    // Seed by seed, as each seed has a base model of its own heads.
    expect(tested((seed) => [0.06, 0.05, 0.04][seed]!).attention).toMatch(/^Action raises .* from 5\u00a0% in the base model/);
    expect(tested((seed) => [0.02, 0.14, 0.02][seed]!).attention).toMatch(
      /^Action does not measurably change .* \(base model 6\u00a0%\)/,
    );
    expect(said(first).limits).not.toContain('sampled users of each seed');
  });

  it('says that each seed ranks a sample of its own, if not all test targets are ranked', () => {
    const of = (targets: number): string => said({ ...first, data: { ...first.data, targets } }).limits!;
    expect(of(1000)).toContain('the same test users');
    expect(of(3000)).toContain('each ranks its own sample of 1,000 of the 3,000 test targets');
    expect(of(3000)).not.toContain('the same test users');
  });

  it('has means over the seeds that both compared arms have', () => {
    const alone = run(3, { hr: 0.9, sink: 0.5, nll: 9 }, { hr: 0.9, sink: 0.1, nll: 4 });
    const action = { ...alone, arms: alone.arms.slice(0, 1), spec: { ...alone.spec, arms: alone.spec.arms.slice(0, 1) } };
    const { when, ranking } = said(first, [...entries, entryOf(action)]);
    expect(when).toContain('Over 3 seeds (0, 1 and 2)');
    expect(ranking).toContain('HR@10 is 14.3\u00a0% against 10.2\u00a0% on average, +4.1 points');
  });

  it('claims nothing of differences without spread, which have no interval', () => {
    const same = [0.1, 0.12, 0.14].map((hr, seed) => run(seed, { hr, sink: 0.1, nll: 4 }, { hr: hr + 0.01, sink: 0.1, nll: 4 }));
    expect(
      said(
        same[0]!,
        same.map((record) => entryOf(record)),
      ).ranking,
    ).toContain(
      'are not distinguishable in ranking at K = 1 and 10: HR@10 is 13.0\u00a0% against 12.0\u00a0% on average, +1.0 points in every seed.',
    );
  });

  it('names the seeds that are hidden', () => {
    const hidden = [entries[0]!, entries[1]!, entryOf(three[2]!, { hidden: true })];
    expect(hiddenSeeds(first, hidden)).toEqual([2]);
    expect(hiddenSeeds(first, [...hidden, entries[2]!])).toEqual([]);
    const { limits } = verdictOverSeeds(first, armsOverSeeds(first, hidden)!, hiddenSeeds(first, hidden))!;
    expect(limits).toContain('Left out, since hidden: seed 2.');
    const other = { ...three[2]!, spec: { ...three[2]!.spec, lora: { ...three[2]!.spec.lora, rank: 2 } } };
    expect(hiddenSeeds(first, [entryOf(other, { hidden: true })])).toEqual([]);
  });

  it('reports no difference if the seeds do not agree', () => {
    const odd = [0.1, 0.3, 0.05].map((hr, seed) => run(seed, { hr: 0.12, sink: 0.1, nll: 4 }, { hr, sink: 0.1, nll: 4 }));
    expect(
      said(
        odd[0]!,
        odd.map((record) => entryOf(record)),
      ).ranking,
    ).toMatch(/^KARMA and Action are not distinguishable in ranking/);
  });
});
