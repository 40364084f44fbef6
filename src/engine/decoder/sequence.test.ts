import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packHistories, promptRows } from './sequence';

it('counts the rows of a prompt without packing it', () => {
  const titleTokens = [[], [5], [6, 7], [8, 9, 10]];
  const example = fc.record({
    history: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }),
    target: fc.constant(0),
    query: fc.array(fc.constant(4), { maxLength: 3 }),
    text: fc.constant([1]),
    exposed: fc.constant([]),
  });
  fc.assert(
    fc.property(
      example,
      fc.constantFrom('token', 'text'),
      fc.constantFrom('learned', 'last-item'),
      (one, itemInterface, embToken) => {
        const options = {
          itemInterface,
          positions: 'last',
          hideEmbFromText: false,
          embToken,
          bosId: 0,
          skipItems: 5,
          sinkToken: false,
          titleTokens,
          withText: false,
        } as const;
        expect(promptRows(one, options)).toBe(packHistories([one], options).rows);
      },
    ),
  );
});
