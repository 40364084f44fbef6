import { describe, expect, it } from 'vitest';
import { cellText, toCsv } from './table';

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

describe('cellText', () => {
  it('shows four significant digits', () => {
    expect(cellText(0.123456)).toBe('0.1235');
    expect(cellText(0.0000123456)).toBe('1.235e-5');
    expect(cellText(1200)).toBe('1200');
    expect(cellText(null)).toBe('–');
  });
});
