/** How a log writes the time of an event. A file must keep to one of them. */
export type TimeKind = 'seconds' | 'milliseconds' | 'date';

export type EventTime =
  | { readonly kind: TimeKind; /** Unix seconds. */ readonly seconds: number }
  | { readonly kind: 'unreadable'; readonly message: string };

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const DATE =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

const HOW = 'Write unix seconds, milliseconds, or a date such as 2024-05-31T18:30:00Z.';

function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (hour > 24 || minute > 59 || second > 60) return undefined;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC turns 30 February into 1 March: such a date is a mistake, not a notation.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const zone = /^([+-])(\d{2}):?(\d{2})?$/.exec(match[8] ?? '');
  const offset = zone === null ? 0 : (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 3600 + Number(zone[3] ?? 0) * 60);
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second + part(7) - offset;
}

/**
 * Reads one time. Numbers from 10¹¹ up are milliseconds (as seconds they would lie after the year 5138);
 * dates without a zone are taken as UTC. Anything else is `unreadable`, with a message that says what to do.
 */
export function parseEventTime(text: string): EventTime {
  if (NUMBER.test(text)) {
    const value = Number(text);
    const size = Math.abs(value);
    if (size >= 1e14) {
      return { kind: 'unreadable', message: `is too large for milliseconds; are these micro- or nanoseconds? ${HOW}` };
    }
    return size >= 1e11 ? { kind: 'milliseconds', seconds: value / 1000 } : { kind: 'seconds', seconds: value };
  }
  const seconds = parseDate(text);
  if (seconds !== undefined) return { kind: 'date', seconds };
  if (/^-?\d+(?:\.\d+)?e[+-]?\d+$/i.test(text)) {
    return { kind: 'unreadable', message: `has lost digits to scientific notation. Export the column as whole numbers. ${HOW}` };
  }
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}/.test(text)) {
    return { kind: 'unreadable', message: `does not say whether day or month comes first. ${HOW}` };
  }
  return { kind: 'unreadable', message: `is not a time. ${HOW}` };
}
