/** Number formats of the page. */
import { format } from 'd3';

export { compact } from '../recipe/numberText';

const COUNT = format(',');

export function count(value: number): string {
  return COUNT(Math.round(value));
}

/** 1,257,600 → `1.3M`. */
export function shortCount(value: number): string {
  if (value < 1000) return String(value);
  return format('.2~s')(value).replace('k', 'K').replace('G', 'B');
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${(value / 1e3).toFixed(0)} kB`;
  if (value < 1e9) return `${(value / 1e6).toFixed(1)} MB`;
  return `${(value / 1e9).toFixed(2)} GB`;
}

/** 75 → `1 min 15 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Share as a percentage with one decimal, without the percent sign: `27.4`. */
export function percent(share: number): string {
  return (100 * share).toFixed(1);
}

/** Signed, with a true minus: `+0.12`, `−1.3`. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? '−' : '+') + text;
}

/** Fixed digits with a true minus, and no negative zero. */
export function fixed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** Maximum number of additional digits. */
const MORE_DIGITS = 3;

/** Digits, at least the usual ones, with which a bound of an interval that excludes 0 is not shown as 0. */
export function digitsOf({ low, high }: { readonly low: number; readonly high: number }, usual: number): number {
  let digits = usual;
  if (low <= 0 && high >= 0) return digits;
  while (digits < usual + MORE_DIGITS && [low, high].some((bound) => Number(bound.toFixed(digits)) === 0)) digits++;
  return digits;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

export function day(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** `25 Nov, 14:05`, in the reader's time zone. */
export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/** For the start of a sentence: `candidate pool` → `Candidate pool`; names such as `gAUC` and symbols such as `α` are unchanged. */
export function sentenceCase(text: string): string {
  return text.replace(/^[a-z](?![A-Z])/, (letter) => letter.toUpperCase());
}

/** Generated text on one line: each line break as a sign, so that a text of nothing else can be seen. */
export function onOneLine(text: string): string {
  return text.replace(/\r?\n/g, '↵');
}
