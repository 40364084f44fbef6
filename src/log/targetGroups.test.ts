import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inGroup, TARGET_GROUPS, type TargetGroup } from '../record/targetGroups';
import { logOf } from '../testing/smallLogs';
import { leaveLastOut } from './split';
import { headItems, TargetGroups } from './targetGroups';

const PARTITIONS: readonly (readonly TargetGroup[])[] = [
  ['one-hop', 'multi-hop'],
  ['head', 'tail'],
  ['short-history', 'medium-history', 'long-history'],
];

describe('groups of targets', () => {
  it('put every target into one group of each kind, by its history', () => {
    const histories = fc.array(fc.array(fc.nat(20), { minLength: 3, maxLength: 30 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(histories, (users) => {
        const log = logOf(users, 21);
        const split = leaveLastOut(log);
        const bits = new TargetGroups({ log, split }).of(split.test);
        split.test.forEach(({ user, position }, at) => {
          for (const groups of PARTITIONS) expect(groups.filter((group) => inGroup(bits[at]!, group))).toHaveLength(1);
          const before = users[user]!.length - 1;
          expect(position).toBe(before);
          expect(inGroup(bits[at]!, 'short-history')).toBe(before < 5);
          expect(inGroup(bits[at]!, 'long-history')).toBe(before >= 20);
        });
      }),
    );
    expect(PARTITIONS.flat()).toEqual(TARGET_GROUPS);
  });

  it('define the head as the tenth of the catalogue with most training events', () => {
    // Of 20 items two: 7 has three training events, 3 and 4 have two.
    const log = logOf(
      [
        [7, 7, 7, 3, 3, 9, 9],
        [4, 4, 1, 7, 3],
        [5, 6, 3, 4, 11],
      ],
      20,
    );
    const split = leaveLastOut(log);
    const counts = new Map<number, number>();
    for (const { user, end } of split.train)
      for (const item of log.events.items(user, end)) counts.set(item, (counts.get(item) ?? 0) + 1);
    expect([counts.get(7), counts.get(3), counts.get(4)]).toEqual([3, 3, 2]);
    expect([...headItems({ log, split }).keys()].filter((item) => headItems({ log, split })[item] === 1)).toEqual([3, 7]);
    const bits = new TargetGroups({ log, split }).of(split.test);
    expect(split.test.map((_, at) => inGroup(bits[at]!, 'head'))).toEqual([false, true, false]);
  });
});
