import { describe, expect, it } from 'vitest';
import { DateOrder, guessTimeUnit, parseTime, timeProblem } from './eventTime';

describe('parseTime', () => {
  it.each([
    ['0', 'seconds', 0],
    ['964982703', 'seconds', 964982703],
    ['1717180200.5', 'seconds', 1717180200.5],
    ['9.64982703E8', 'seconds', 964982703],
    [1717180200000, 'milliseconds', 1717180200],
    [1717180200000000n, 'microseconds', 1717180200],
    ['1717180200000000000', 'nanoseconds', 1717180200],
    [new Date('2024-05-31T00:00:00Z'), 'date', Date.UTC(2024, 4, 31) / 1000],
    ['2024-05-31', 'date', Date.UTC(2024, 4, 31) / 1000],
    ['20240531', 'date', Date.UTC(2024, 4, 31) / 1000],
    ['2024/5/31 18:30', 'date', Date.UTC(2024, 4, 31, 18, 30) / 1000],
    ['2024-05-31T18:30:05.250Z', 'date', Date.UTC(2024, 4, 31, 18, 30, 5, 250) / 1000],
    ['2024-05-31 18:30:00+02:00', 'date', Date.UTC(2024, 4, 31, 16, 30) / 1000],
    ['2024-05-31T18:30:00-0530', 'date', Date.UTC(2024, 5, 1, 0, 0) / 1000],
    ['2024-02-29 00:00:00 UTC', 'date', Date.UTC(2024, 1, 29) / 1000],
    ['12/1/10 8:26', 'month-first', Date.UTC(2010, 11, 1, 8, 26) / 1000],
    ['12/1/10 8:26', 'day-first', Date.UTC(2010, 0, 12, 8, 26) / 1000],
    ['11/15/2019 9:05:58 PM', 'month-first', Date.UTC(2019, 10, 15, 21, 5, 58) / 1000],
    ['31.05.1999', 'day-first', Date.UTC(1999, 4, 31) / 1000],
    ['2024년 5월 31일', 'date', Date.UTC(2024, 4, 31) / 1000],
    ['2024. 5. 31. 오후 6:30:05', 'date', Date.UTC(2024, 4, 31, 18, 30, 5) / 1000],
    ['2024-05-31 오전 12:30', 'date', Date.UTC(2024, 4, 31, 0, 30) / 1000],
    ['2024年05月31日 18:30', 'date', Date.UTC(2024, 4, 31, 18, 30) / 1000],
    ['1999', 'year', Date.UTC(1999, 0, 1) / 1000],
    ['2024-05', 'year', Date.UTC(2024, 4, 1) / 1000],
    ['09 13, 2009', 'month-first', Date.UTC(2009, 8, 13) / 1000],
    ['2014-12-06 02', 'date', Date.UTC(2014, 11, 6, 2) / 1000],
    ['2014-12-06 6:05 PM', 'date', Date.UTC(2014, 11, 6, 18, 5) / 1000],
    ['20141206 18:05', 'date', Date.UTC(2014, 11, 6, 18, 5) / 1000],
    ['14/12/31', 'year-first', Date.UTC(2014, 11, 31) / 1000],
    ['95-10-17 08:30', 'year-first', Date.UTC(1995, 9, 17, 8, 30) / 1000],
  ] as const)('%s as %s', (value, unit, seconds) => {
    expect(parseTime(value, unit)).toBe(seconds);
  });

  it.each([
    ['', 'seconds'],
    ['soon', 'seconds'],
    ['9.6E+08', 'seconds'],
    ['1717180200000', 'seconds'],
    ['1717180200', 'milliseconds'],
    ['NaN', 'seconds'],
    ['0x10', 'seconds'],
    [Infinity, 'seconds'],
    [null, 'seconds'],
    ['2023-02-29', 'date'],
    ['2024-13-01', 'date'],
    ['2024-05-31T25:00', 'date'],
    ['2024-05', 'date'],
    ['31.05.2024', 'date'],
    ['2024年13月31日', 'date'],
    ['2024. 5. 31. 오후 18:30', 'date'],
    ['31/05/2024', 'month-first'],
    ['2014-12-06 13:05 PM', 'date'],
    ['14/12/2031', 'year-first'],
    ['2024', 'date'],
    ['2024-13', 'year'],
    ['2024-05-31', 'year'],
    ['12345', 'year'],
  ] as const)('refuses %s as %s', (value, unit) => {
    expect(parseTime(value, unit)).toBeNaN();
  });
});

describe('guessTimeUnit', () => {
  it.each([
    [['1', '2', '3'], 'seconds'],
    [['1717180200', '964982703'], 'seconds'],
    [['1717180200123'], 'milliseconds'],
    [['2024-05-31', '2024-06-01'], 'date'],
    [['12/31/2024', '1/1/2024'], 'month-first'],
    [['31/12/2024', '1/1/2024'], 'day-first'],
    [['1999', '2004'], 'year'],
    [[1999, 2004], 'year'],
    [['1999-12', '2004-01'], 'year'],
    [['1999.0', '2004.0'], 'year'],
    [['1999', '20'], 'seconds'],
    [['95-10-17', '95-10-02'], 'year-first'],
    [[new Date(0), new Date(1)], 'date'],
  ])('%s', (values, unit) => {
    expect(guessTimeUnit(values)).toMatchObject({ unit, readable: 1 });
    expect(guessTimeUnit(values)!.dateOrders.length).toBeLessThan(2);
  });

  it('reads counts of a user’s own orders as such, by their name, and no other name', () => {
    for (const values of [
      ['1', '2'],
      ['1.0', '12.0'],
      [1, 2],
    ])
      expect(guessTimeUnit(values, 'order_number')).toMatchObject({ unit: 'numbered' });
    expect(guessTimeUnit(['1', '2'], 'time')).toMatchObject({ unit: 'seconds' });
    expect(guessTimeUnit(['2020-01-02'], 'order_number')).toMatchObject({ unit: 'date' });
    expect(parseTime('3', 'numbered')).toBe(3);
  });

  it('says what a time that cannot be read looks like', () => {
    expect(timeProblem('17:03:49', 'seconds')).toContain('a time of day without a date');
    expect(timeProblem('1999', 'date')).toContain('a year or month without a day');
    for (const value of ['95-10-17', '1999-13-45', 'soon', 12, null]) expect(timeProblem(value, 'seconds')).toBeNull();
  });

  it('names the orders of day, month and year that are possible, or says that nothing can be read', () => {
    const orders = (...values: string[]) => guessTimeUnit(values)!.dateOrders;
    expect(orders('1/2/2024', '3/4/2024')).toEqual(['month-first', 'day-first']);
    expect(orders('11/02/03', '10/01/02')).toEqual(['month-first', 'day-first', 'year-first']);
    expect(orders('14/05/31', '14/06/01')).toEqual(['day-first', 'year-first']);
    expect(guessTimeUnit(['soon'])).toBeNull();
    expect(guessTimeUnit([])).toBeNull();
  });
});

describe('DateOrder', () => {
  const settle = (...dates: string[]) => {
    const order = new DateOrder(['month-first', 'day-first', 'year-first']);
    dates.some((date) => order.take(date));
    return order.settled();
  };

  it('is settled by dates that no other order has', () => {
    expect(settle('1/2/24', '3/14/24')).toEqual({ order: 'month-first', sure: true });
    expect(settle('01.02.2024', '14.03.2024')).toEqual({ order: 'day-first', sure: true });
    // Read with the day first, these would be of 2031.
    expect(settle('14/05/31', '14/06/01', '14/07/31')).toEqual({ order: 'year-first', sure: true });
  });

  it('is not settled by one broken date', () => {
    expect(settle('13/1/2024', '1/14/2024', '1/15/2024', '2/13/2024', '3/4/2024').order).toBe('month-first');
  });

  it('is the one in which the dates lie together, though not for sure', () => {
    expect(settle('11/10/01', '11/10/09', '11/11/12')).toEqual({ order: 'year-first', sure: false });
    expect(settle('10/01/11', '09/10/11', '12/11/11')).toMatchObject({ sure: false });
    expect(settle('1/2/2024', '3/4/2024')).toEqual({ order: 'month-first', sure: false });
  });
});
