import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packHistories, promptRows } from './sequence';

it('lists the rows before a basket, what each is to predict, and all that it has seen', () => {
  const example = {
    history: [3, 5, 6, 2],
    earlier: [9],
    predicted: [6, null, 8, 1],
    target: 1,
    query: [],
    text: [],
    exposed: [],
  };
  const options = {
    itemInterface: 'token',
    hideEmbFromText: false,
    embToken: 'learned',
    bosId: 0,
    skipItems: 0,
    sinkToken: false,
    titleTokens: [],
    withText: false,
  } as const;
  const packed = packHistories([example], { ...options, positions: 'baskets' });
  // [BOS] 3 5 6 2 [EMB]: 5 and 6 are one basket, 2 and others the next one.
  expect([...packed.predictionRows]).toEqual([1, 3, 5]);
  expect([...packed.predictionTargets]).toEqual([6, 8, 1]);
  expect([...packed.embPredictions]).toEqual([2]);
  expect([...packed.seenItems]).toEqual([9, 3, 5, 6, 2]);
  expect([...packed.seenSpans]).toEqual([...[0, 2, 0, 2], ...[0, 4, 1, 4], ...[0, 5, 2, 5]]);
  // Without baskets of several events nothing is said, and every item predicts the next one.
  const { predicted: _, ...ordered } = example;
  const all = packHistories([ordered], { ...options, positions: 'all' });
  expect(packHistories([ordered], { ...options, positions: 'baskets' })).toEqual(all);
  expect([...packHistories([example], { ...options, positions: 'last' }).predictionTargets]).toEqual([1]);
});

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
