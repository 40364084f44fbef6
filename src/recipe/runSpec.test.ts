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
  expect(runSpecSchema.safeParse({ objective: { itemInterface: 'text' } }).success).toBe(true);
});
