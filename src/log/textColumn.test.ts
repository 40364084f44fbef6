import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextColumn } from './textColumn';

it('returns every text unchanged, whatever it contains, before and after transfer', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.constantFrom('\ud800', 'a\udc00', '\ufeff', '')), (a, b) => {
      const texts = [...a, ...b];
      const column = TextColumn.of(texts);
      expect([...column]).toEqual(texts);
      expect([...new TextColumn(structuredClone(column.data))]).toEqual(texts);
      texts.forEach((text, place) => {
        expect(column.isEmpty(place)).toBe(text === '');
      });
    }),
  );
});

it('refuses indices that it does not have', () => {
  const column = TextColumn.of(['a']);
  for (const place of [-1, 1, 0.5]) expect(() => column.at(place)).toThrow(RangeError);
});
