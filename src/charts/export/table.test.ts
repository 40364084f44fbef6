import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { cellText, toCsv, type TableCell } from './table';

describe('toCsv', () => {
  it('quotes what needs quotes and leaves null empty', () => {
    const csv = toCsv({
      columns: ['arm', 'value'],
      rows: [
        ['a, "b"', 0.1],
        ['c', null],
      ],
    });
    expect(csv).toBe('arm,value\r\n"a, ""b""",0.1\r\nc,\r\n');
  });
});

describe('a text in CSV', () => {
  const written = (cell: TableCell): string => toCsv({ columns: ['x'], rows: [[cell]] }).slice('x\r\n'.length, -'\r\n'.length);

  it.each([
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['+gen', "'+gen"],
    ['@SUM(1)', "'@SUM(1)"],
    ['-2+3', "'-2+3"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['  =1+1', "'  =1+1"],
    ['\u00a0@SUM(1)', "'\u00a0@SUM(1)"],
    ['\ufeff\u200b=1', "'\ufeff\u200b=1"],
    [' +gen', "' +gen"],
    ['\v-2+3', "'\v-2+3"],
    ['\n=1', `"'\n=1"`],
    ['＝1＋1', "'＝1＋1"],
  ])('%j is prefixed with an apostrophe, since a spreadsheet would run it', (text, cell) => {
    expect(written(text)).toBe(cell);
    expect(toCsv({ columns: [text], rows: [] })).toBe(`${cell}\r\n`);
  });

  it.each([-0.5, 1e-7, -3, '-0.5', '+1.5e3', ' -2', 'a=b', ' a', '−0.1', '', ' '])('%j is unchanged', (cell) => {
    expect(written(cell)).toBe(String(cell));
  });

  it('reads back unchanged, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ \t\u00a0]{0,3}[=+@-].{0,9}$/)), (text) => {
        const { data } = Papa.parse<string[]>(toCsv({ columns: ['x'], rows: [[text]] }), { newline: '\r\n', delimiter: ',' });
        const cell = data[1]![0]!;
        expect([text, `'${text}`]).toContain(cell);
        expect(cell).not.toMatch(/^(\s*[=@]|[\t\r\n])/);
      }),
    );
  });
});

describe('cellText', () => {
  it('shows four significant digits', () => {
    expect(cellText(0.123456)).toBe('0.1235');
    expect(cellText(0.0000123456)).toBe('1.235e-5');
    expect(cellText(1200)).toBe('1200');
    expect(cellText(null)).toBe('–');
  });
});
