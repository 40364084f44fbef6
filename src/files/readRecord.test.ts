import { describe, expect, it } from 'vitest';
import { firstVersion } from '../testing/firstVersion';
import { smallRecord } from '../testing/smallRecord';
import { readRecord } from './readRecord';

describe('readRecord', () => {
  it('reads what Export writes', () => {
    const record = smallRecord();
    expect(readRecord(JSON.stringify(record))).toEqual({
      kind: 'record',
      record,
    });
  });

  it('remembers of earlier versions whether items that were shown were negatives', () => {
    const earlier = (useExposures: boolean, actionLoss: string, exposures: number): unknown => {
      const record = firstVersion();
      const { spec, data } = record;
      const objective = { ...spec.objective, actionLoss, useExposures, logQ: false };
      const read = readRecord(JSON.stringify({ ...record, spec: { ...spec, objective }, data: { ...data, exposures } }));
      if (read.kind !== 'record') throw new Error(read.reason);
      expect(read.record.spec.objective).toMatchObject({ actionLoss });
      expect(read.record.spec.objective).not.toHaveProperty('useExposures');
      expect(read.record.spec.objective).not.toHaveProperty('logQ');
      expect(readRecord(JSON.stringify(read.record))).toEqual(read);
      return read.record.exposedNegatives;
    };
    expect(earlier(true, 'pairwise', 5)).toBe(true);
    expect(earlier(true, 'infonce', 5)).toBe(true);
    expect([earlier(true, 'full', 5), earlier(false, 'pairwise', 5), earlier(true, 'pairwise', 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('says what is wrong', () => {
    expect(readRecord('{')).toMatchObject({ kind: 'unreadable' });
    expect(readRecord(JSON.stringify({ ...smallRecord(), probes: undefined }))).toMatchObject({
      kind: 'unreadable',
      reason: 'probes is missing.',
    });
  });
});

describe('a record whose trained baseline was trained at the rate of its recipe', () => {
  const earlier = (evaluation: Record<string, unknown>): unknown => {
    const record = firstVersion();
    const sasrec = { ...(record.baselines.popularity as object), steps: 7, seconds: 1, parameters: 9 };
    const spec = { ...record.spec, evaluation: { ...record.spec.evaluation, sasrecSteps: 7, ...evaluation } };
    return { ...record, spec, baselines: { ...record.baselines, sasrec } };
  };

  it('has that rate beside its steps, and no longer in the recipe', () => {
    const read = readRecord(JSON.stringify(earlier({ sasrecLearningRate: 4e-3 })));
    if (read.kind !== 'record') throw new Error('unreadable');
    expect(read.record.baselines.sasrec).toMatchObject({ steps: 7, learningRate: 4e-3 });
    expect(read.record.baselines.sasrec).not.toHaveProperty('tuning');
    expect(read.record.spec.evaluation).not.toHaveProperty('sasrecLearningRate');
    expect(readRecord(JSON.stringify(read.record))).toEqual(read);
    expect(readRecord(JSON.stringify(earlier({})))).toMatchObject({ record: { baselines: { sasrec: { learningRate: 1e-3 } } } });
  });
});

describe('a record with a text without end', () => {
  const labelled = (length: number): unknown => {
    const record = smallRecord();
    const { spec } = record;
    return { ...record, spec: { ...spec, arms: spec.arms.map((arm) => ({ ...arm, label: 'x'.repeat(length) })) } };
  };

  it.each([201, 1e5, 1e6])('is refused for a label of %d characters, which the reason names', (length) => {
    expect(readRecord(JSON.stringify(labelled(length)))).toEqual({
      kind: 'unreadable',
      reason: expect.stringMatching(
        /^Label of arm 1 \(spec\.arms\.0\.label\) must have at most 200 characters, not [\d,]+: shorten it\.$/,
      ) as unknown,
    });
    expect(readRecord(JSON.stringify(labelled(200))).kind).toBe('record');
  });

  it.each([1e5, 1e6])('is read for a title of %d characters, of which the end is cut off', (length) => {
    const record = smallRecord();
    record.probes[0]!.labels[1] = `kettle\n${'x'.repeat(length)}`;
    const read = readRecord(JSON.stringify(record));
    expect(read.kind === 'record' && read.record.probes[0]!.labels[1]).toMatch(/^kettle x{992}…$/);
  });

  it('names no key longer than a line', () => {
    const record = smallRecord();
    record.arms[0]!.evaluations[0]!.values['x'.repeat(1e6)] = 2;
    const read = readRecord(JSON.stringify(record));
    expect(read.kind === 'unreadable' && read.reason.length).toBeLessThan(3000);
  });
});

describe('a record whose numbers fit no run', () => {
  it.each<[path: string, value: unknown, reason: string]>([
    ['arms.0.evaluations.0.values.hr@10', 1.2, 'must be a number from 0 to 1, not 1.2'],
    ['baselines.zeroShot.sample.values.mrr', -0.1, 'must be a number from 0 to 1, not -0.1'],
    ['arms.1.evaluations.1.targets.warm', -1, 'not -1'],
    ['arms.0.evaluations.1.ranks.0', 1001, 'must be from 1 to 1000, the items of the log, not 1001'],
    ['arms.0.evaluations.1.ranks.0', 0, 'must be from 1 to 1000, the items of the log, not 0'],
    ['arms.0.evaluations.1.cold', [0], 'has 1 entries for 3 ranks'],
    ['arms.0.steps.total', [1, 2, 3], 'has 3 entries for 2 steps'],
    ['arms.0.steps.seconds', [1], 'has 1 entries for 2 steps'],
    ['model.layers', 2000, 'not 2000'],
    ['base.attention.heads', 3, 'must hold 1 probes × 1 layers × 3 heads × 4² bytes'],
  ])('is refused: %s = %j', (path, value, reason) => {
    const record = smallRecord();
    const names = path.split('.');
    const last = names.pop()!;
    let owner: unknown = record;
    for (const name of names) owner = (owner as Record<string, unknown>)[name];
    (owner as Record<string, unknown>)[last] = value;
    const read = readRecord(JSON.stringify(record));
    expect(read.kind === 'unreadable' && read.reason).toContain(reason);
  });
});
