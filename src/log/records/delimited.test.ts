import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { DelimitedParser, type DelimitedRow } from './delimited';

/** Parses a text that arrives in the given pieces. */
function parse(pieces: readonly string[], delimiter = ',', quoting = true): DelimitedRow[] {
  const parser = new DelimitedParser(delimiter, quoting, (line) => new Error(`line ${line} is too long`));
  return [...pieces.flatMap((piece) => [...parser.push(piece, false)]), ...parser.push('', true)];
}

describe('DelimitedParser', () => {
  it('reads quoted fields over lines, doubled quotes, and counts lines as an editor does', () => {
    const rows = parse(['a,"b ""c""\n,d"\n\n"e" , f\n g"h,i']);
    expect(rows).toEqual([
      { fields: ['a', 'b "c"\n,d'], line: 1, quoteProblem: null },
      { fields: ['e', ' f'], line: 4, quoteProblem: null },
      { fields: [' g"h', 'i'], line: 5, quoteProblem: null },
    ]);
  });

  it('accepts delimiters of several characters, and treats quotes as text if there is no quoting', () => {
    expect(parse(['1::"x"::y\n'], '::', false)[0]?.fields).toEqual(['1', '"x"', 'y']);
  });

  it('loses only the line of a quote that is never closed', () => {
    const rows = parse(['a,b\n"c,d\ne,f\n']);
    expect(rows.map(({ line, quoteProblem }) => [line, quoteProblem === null])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
  });

  it('loses only those lines if a quote is opened but not closed on every line', () => {
    const rows = parse(['1,"abc\n2,"def\n3,"ghi\n4,jkl\n']);
    expect(rows.map(({ line, fields }) => [line, ...fields])).toEqual([
      [1, '1', '"abc'],
      [2, '2', '"def'],
      [3, '3', '"ghi'],
      [4, '4', 'jkl'],
    ]);
  });

  it('swallows no rows if a quote closes where another line ends, and leaves honest lines of a text together', () => {
    const rows = (text: string): (readonly string[])[] => parse([text]).map(({ fields }) => fields);
    const opened = ['u0,i1,5,"Abc', 'u1,i22,6,Def', 'u2,i3,7,Ghi jk', 'u3,i4,8,Lm"', 'u4,i5,9,Nop'].join('\n');
    expect(rows(opened).map((fields) => fields.length)).toEqual([4, 4, 4, 4, 4]);
    expect(parse([opened])[0]!.quoteProblem).toContain('never closed');
    const first = ['"Abc,u1,5', 'Def,u22,6', 'Ghi",u3,7', 'Jk,u4,8'].join('\n');
    expect(rows(first).map(([, user]) => user)).toEqual(['u1', 'u22', 'u3', 'u4']);
    const review = 'u0,i1,5,"Good, small, 3, cheap\nbad, late, 2, dear"\nu1,i2,6,Fine\n';
    expect(rows(review).map((fields) => fields.length)).toEqual([4, 4]);
    const address = '1,"Main St, 5\nSpringfield, 7",12\n2,"Elm St, 6\nShelbyville, 8",13\n';
    expect(rows(address).map(([, , last]) => last)).toEqual(['12', '13']);
  });

  it('handles quotes after a backslash, and a backslash before the end of a field', () => {
    const rows = parse(['1,"a \\"b, c\\" d",x\n2,"C:\\",y\n']);
    expect(rows.map(({ fields, quoteProblem }) => [...fields, quoteProblem])).toEqual([
      ['1', 'a "b, c" d', 'x', null],
      ['2', 'C:\\', 'y', null],
    ]);
  });

  it('reports text after a quoted field, and returns the fields unchanged', () => {
    const [row] = parse(['"Weird Al" Yankovic,1\n']);
    expect(row?.quoteProblem).toContain('followed by other text');
    expect(row?.fields).toEqual(['"Weird Al" Yankovic', '1']);
  });

  it('refuses a line of 10 MB', () => {
    expect(() => parse(['a\n', 'x'.repeat(5e6), 'x'.repeat(5e6)])).toThrow('line 2 is too long');
  });

  it('agrees with Papa Parse on well-formed text, however it is split', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é', '1'), maxLength: 6 });
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(table, fc.array(fc.nat()), (rows, cuts) => {
        const text = Papa.unparse(rows, { newline: '\n', quotes: (value: unknown) => /[",\n ]/.test(String(value)) });
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
        const expected = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' }).data;
        expect(parse(pieces).map(({ fields }) => fields)).toEqual(expected);
      }),
    );
  });
});
