import { expect, it } from 'vitest';
import { FIELD } from './fieldMark';
import { runSpecSchema } from './runSpec';

it('refuses the last item’s token at [EMB] where items have no token of their own', () => {
  const parsed = runSpecSchema.safeParse({ objective: { itemInterface: 'text', embToken: 'last-item' } });
  expect(parsed.error?.issues.map(({ path, message }) => [path.join('.'), message.replace(FIELD, '').trim()])).toEqual([
    [
      'objective.embToken',
      'must be learned where items enter as their titles: there is no token of the last item to enter at [EMB].',
    ],
  ]);
  expect(runSpecSchema.safeParse({ objective: { itemInterface: 'text', embToken: 'learned' } }).success).toBe(true);
});

it('refuses heads that are the features themselves where no features enter h', () => {
  const parsed = runSpecSchema.safeParse({ objective: { interestSkip: 'none' } });
  expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual(['objective.interestSkip']);
  expect(runSpecSchema.safeParse({ objective: { interestSkip: 'none', headStart: 'random' } }).success).toBe(true);
});
