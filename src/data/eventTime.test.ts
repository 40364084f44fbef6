import { describe, expect, it } from 'vitest';
import { parseEventTime } from './eventTime';

describe('parseEventTime', () => {
  it.each([
    ['0', 'seconds', 0],
    ['964982703', 'seconds', 964982703],
    ['1717180200.5', 'seconds', 1717180200.5],
    ['1717180200000', 'milliseconds', 1717180200],
    ['2024-05-31', 'date', Date.UTC(2024, 4, 31) / 1000],
    ['2024/5/31 18:30', 'date', Date.UTC(2024, 4, 31, 18, 30) / 1000],
    ['2024-05-31T18:30:05.250Z', 'date', Date.UTC(2024, 4, 31, 18, 30, 5, 250) / 1000],
    ['2024-05-31 18:30:00+02:00', 'date', Date.UTC(2024, 4, 31, 16, 30) / 1000],
    ['2024-05-31T18:30:00-0530', 'date', Date.UTC(2024, 5, 1, 0, 0) / 1000],
    ['2024-02-29 00:00:00 UTC', 'date', Date.UTC(2024, 1, 29) / 1000],
  ])('%s', (text, kind, seconds) => {
    expect(parseEventTime(text)).toEqual({ kind, seconds });
  });

  it.each(['', 'x', '2023-02-29', '2024-13-01', '2024-05-31T25:00', '2024-05', '31.05.2024', '1e9', 'NaN', '0x10', '1,5', '--1'])(
    'refuses %s',
    (text) => {
      expect(parseEventTime(text).kind).toBe('unreadable');
    },
  );
});
