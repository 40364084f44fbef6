import { describe, expect, it } from 'vitest';
import { foldInspection, NOTHING_INSPECTED, questioned } from './inspection';

describe('a search for items', () => {
  it('says which text its items are of, and drops those of a text before', () => {
    const find = (id: number, text: string) => ({ id, question: { kind: 'find', text, limit: 3 } }) as const;
    const found = (id: number, title: string) => {
      const items = [{ item: id, title, category: '' }];
      return { type: 'inspection-found', id, log: 'log', items, total: 1 } as const;
    };
    const asked = questioned(NOTHING_INSPECTED, find(1, 'tea'));
    const first = foldInspection(asked, found(1, 'tea chest'));
    expect(first.found).toMatchObject({ text: 'tea', total: 1 });
    const again = questioned(first, find(2, 'teapot'));
    expect(again.found?.text).toBe('tea');
    expect(foldInspection(again, found(1, 'tea chest'))).toBe(again);
    expect(foldInspection(again, found(2, 'teapot')).found).toMatchObject({ text: 'teapot', items: [{ title: 'teapot' }] });
  });
});
