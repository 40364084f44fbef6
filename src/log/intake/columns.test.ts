import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Names, OptionalColumn, RunColumn, textBytes } from './columns';

it('numbers texts in order of first appearance, however many there are', () => {
  const text = fc.oneof(fc.string({ maxLength: 3 }), fc.string({ unit: 'binary', maxLength: 30 }));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 2000 }), (texts) => {
      const names = new Names();
      const expected = new Map<string, number>();
      for (const one of texts) {
        expect(names.find(one)).toBe(expected.get(one));
        if (!expected.has(one)) expected.set(one, expected.size);
        expect(names.number(one)).toBe(expected.get(one));
      }
      expect(names.texts).toEqual([...expected.keys()]);
    }),
    { numRuns: 10 },
  );
  const many = new Names();
  const texts = Array.from({ length: 30_000 }, (_, at) => `item ${at * 7919}`);
  for (const read of [many.number.bind(many), many.find.bind(many)]) expect(texts.map(read)).toEqual([...texts.keys()]);
  expect(many.find('item 1')).toBeUndefined();
});

it('has an optional column only if some value is not the usual one', () => {
  const value = fc.constantFrom(NaN, 0, -0, 4.5);
  fc.assert(
    fc.property(fc.array(value), value, (values, usual) => {
      const column = new OptionalColumn((buffer) => new Float32Array(buffer), usual);
      for (const one of values) column.push(one);
      const differs = values.some((one) => !Object.is(one, usual));
      expect(column.done() === null).toBe(!differs);
      if (differs) expect([...column.done()!]).toEqual(values);
    }),
  );
});

it('has the value of every row of a column of runs, in memory only for the runs', () => {
  const runs = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 40 })), { maxLength: 60 });
  fc.assert(
    fc.property(runs, (lengths) => {
      const values = lengths.flatMap(([value, length]) => Array.from({ length }, () => value));
      const column = new RunColumn();
      for (const value of values) column.push(value);
      expect(column).toHaveLength(values.length);
      expect(values.map((_, row) => column.at(row))).toEqual(values);
    }),
  );
});

it('counts five bytes per character for a text beyond Latin-1', () => {
  expect(textBytes('café')).toBe(8);
  expect(textBytes('茶')).toBe(5);
  const names = new Names();
  for (const text of ['café', '茶', 'café']) names.number(text);
  expect(names.bytes).toBe(13);
});
