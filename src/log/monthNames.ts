/** Dates with the month's name, as in prose and mail, and time zones by name. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Hours from UTC for the names in RFC 2822, and for common unambiguous ones. */
const ZONES: Readonly<Record<string, number>> = {
  ...{ z: 0, utc: 0, gmt: 0, ut: 0, wet: 0, west: 1, cet: 1, cest: 2, eet: 2, eest: 3, msk: 3 },
  ...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7, akst: -9, akdt: -8, hst: -10 },
  ...{ jst: 9, kst: 9, aest: 10, aedt: 11, nzst: 12, nzdt: 13 },
};

/** Seconds from UTC of `+02:00`, `-0500`, `Z`, `PST`; 0 if there is none, null for an unknown zone. */
export function zoneOffset(zone: string): number | null {
  if (zone === '') return 0;
  const numbers = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (numbers !== null) return (numbers[1] === '-' ? -1 : 1) * (Number(numbers[2]) * 3600 + Number(numbers[3] ?? 0) * 60);
  const hours = ZONES[zone.toLowerCase()];
  return hours === undefined ? null : 3600 * hours;
}

export interface NamedDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Seconds from UTC. */
  readonly offset: number;
}

const TIME = String.raw`(?:[,T ]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:\s*([AP])\.?M\.?)?)?`;
const ZONE = String.raw`\s*([+-]\d{2}:?\d{2}|[A-Z]{1,5})?(?:\s*\([^)]*\))?`;
const WEEKDAY = String.raw`(?:[A-Z]{3,9}\.?,?\s+)?`;
/** `Sun, 13 Sep 2020 12:26:40 +0000`, `13-Sep-2020`, `13 September 2020`. */
const DAY_FIRST = new RegExp(`^${WEEKDAY}(\\d{1,2})(?:st|nd|rd|th)?[-/. ]+([A-Z]{3,9})\\.?[-/., ]+(\\d{4})${TIME}${ZONE}$`, 'i');
/** `Sep 13, 2020`, `September 13 2020 12:26`. */
const MONTH_FIRST = new RegExp(`^${WEEKDAY}([A-Z]{3,9})\\.?[-/ ]+(\\d{1,2})(?:st|nd|rd|th)?[-/, ]+(\\d{4})${TIME}${ZONE}$`, 'i');
/** `Sun Sep 13 12:26:40 UTC 2020`, as C and Java print it. */
const YEAR_LAST = /^[A-Z]{3}\s+([A-Z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})(?:\s+([+-]\d{4}|[A-Z]{1,5}))?\s+(\d{4})$/i;

function monthOf(name: string): number {
  const month = MONTHS.findIndex((short) => name.toLowerCase().startsWith(short));
  const whole = [
    'january',
    'february',
    'march',
    'april',
    'may',
    'june',
    'july',
    'august',
    'september',
    'october',
    'november',
    'december',
  ];
  return month >= 0 && (whole[month]!.startsWith(name.toLowerCase()) || name.toLowerCase() === 'sept') ? month + 1 : 0;
}

function dated(year: string, month: string, day: string, time: readonly (string | undefined)[]): NamedDate | null {
  const [hour = '0', minute = '0', second = '0', fraction = '', half, zone = ''] = time;
  const number = monthOf(month);
  const offset = zoneOffset(zone);
  if (number === 0 || offset === null) return null;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
  return {
    year: Number(year),
    month: number,
    day: Number(day),
    hour: hours,
    minute: Number(minute),
    second: Number(second) + Number(fraction === '' ? 0 : `0${fraction}`),
    offset,
  };
}

/** The parts of a date with the month's English name; null for other texts. */
export function monthNamed(text: string): NamedDate | null {
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) return dated(dayFirst[3]!, dayFirst[2]!, dayFirst[1]!, dayFirst.slice(4));
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst !== null) return dated(monthFirst[3]!, monthFirst[1]!, monthFirst[2]!, monthFirst.slice(4));
  const printed = YEAR_LAST.exec(text);
  if (printed === null) return null;
  const [, month, day, hour, minute, second, zone, year] = printed;
  return dated(year!, month!, day!, [hour, minute, second, '', undefined, zone]);
}
