import { describe, expect, it } from 'vitest';
import { indexedCodes } from '../model/codes/itemCodes';
import { indexLines, indexProblem, readIndex } from './codeIndex';
import { fieldsOf } from './itemInterface';
import { runSpecSchema } from './runSpec';

const INDEX = '{"12": ["<a_1>", "<b_7>"], "cup 3": ["<a_0>", "<b_2>"]}';

describe('an index of semantic IDs', () => {
  it('is read as MiniOneRec writes it, one line or several per item', () => {
    const lines = indexLines(INDEX);
    expect(lines).toEqual(['12\t<a_1> <b_7>', 'cup 3\t<a_0> <b_2>']);
    expect(indexLines(JSON.stringify(JSON.parse(INDEX), null, 2))).toEqual(lines);
    expect(indexLines(lines.join('\n'))).toEqual(lines);
    expect(readIndex(lines).sizes).toEqual([2, 8]);
    expect(indexedCodes(lines, ['cup 3', '12'])).toEqual({ sizes: [2, 8], codes: Uint32Array.of(0, 2, 1, 7) });
  });

  it.each([
    [['1\t<a_1> <b_7>', '2\t<a_1>'], 'Item 2 has 1 codes, the items before it have 2: all must have equally many.'],
    [['1\t<a_1>', '1\t<a_2>'], 'Item 1 is there twice.'],
    [['1\t<a_1> <b_7>', '2\t<b_1> <a_7>'], 'Item 2 has <b_1> where other items have <a_…>: each level has a name of its own.'],
    [['1 <a_1>'], '“1 <a_1>” is not an item with tokens such as <a_12> <b_7> <c_0>.'],
    [['1\t12 7'], '“1\t12 7” is not an item with tokens such as <a_12> <b_7> <c_0>.'],
    [indexLines('{"1": "a"}'), '“1\ta” is not an item with tokens such as <a_12> <b_7> <c_0>.'],
  ])('%j is refused', (lines, problem) => {
    expect(indexProblem(lines)).toBe(problem);
    const parsed = runSpecSchema.safeParse({ objective: { ...fieldsOf('semantic'), codeIndex: lines } });
    expect(parsed.error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['objective.codeIndex', problem],
    ]);
  });

  it('is read once, however often its recipe is parsed', () => {
    const lines = indexLines(INDEX);
    const read = (objective: object): unknown =>
      readIndex(runSpecSchema.parse({ objective: { ...fieldsOf('semantic'), ...objective } }).objective.codeIndex);
    expect(read({ codeIndex: lines })).toBe(read({ codeIndex: lines }));
    expect(read({ codeIndex: lines.slice(1) })).toEqual({ sizes: [1, 3], items: new Map([['cup 3', [0, 2]]]) });
    expect(read({ codeIndex: lines })).toMatchObject({ sizes: [2, 8] });
  });

  it('must name the items of the log, all of them and no others', () => {
    const lines = indexLines(INDEX);
    expect(() => indexedCodes(lines, ['12', 'cup 3', 'tray', 'pot'])).toThrow(
      '2 items of the log have no codes in the file (objective.codeIndex), tray among them.',
    );
    expect(() => indexedCodes(lines, ['12'])).toThrow(
      'The file of codes (objective.codeIndex) names 1 item that the log lacks, cup 3 among them.',
    );
  });
});
