/** Numbers, amounts and dates as the page shows them, in its language. */
import { moreDigits } from '../measures/measures';
import { dateFormat, listFormat, message, numberFormat, t, type Message } from '../words/words';

export { compact, compactAlike } from '../recipe/numberText';

export function count(value: number): string {
  // Without a negative zero.
  return numbers(Math.round(value) + 0, {});
}

/** 1,257,600 → `1.3M`. */
export function shortCount(value: number): string {
  if (value < 1000) return String(value);
  return numbers(value, { notation: 'compact', maximumSignificantDigits: 2 });
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${fixed(value / 1e3, 0)} kB`;
  if (value < 1e9) return `${fixed(value / 1e6, 1)} MB`;
  return `${fixed(value / 1e9, 2)} GB`;
}

/** 75 → `1 min 15 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.round(seconds);
  if (whole < 60) return t('{seconds} s', { seconds: whole });
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? t('{minutes} min {seconds} s', { minutes, seconds: whole % 60 })
    : t('{hours} h {minutes} min', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** Share as a percentage with one decimal, without the percent sign: `27.4`. */
export function percent(share: number): string {
  return digits(100 * share, 1);
}

/** Signed, with a true minus: `+0.12`, `−1.3`. */
export function signed(value: number, decimals: number): string {
  const text = digits(Math.abs(value), decimals);
  if (Number(Math.abs(value).toFixed(decimals)) === 0) return text;
  return (value < 0 ? '−' : '+') + text;
}

/** Fixed digits with a true minus, and no negative zero. */
export function fixed(value: number, decimals: number): string {
  const size = Math.abs(value);
  return (value < 0 && Number(size.toFixed(decimals)) !== 0 ? '−' : '') + digits(size, decimals);
}

/** Rounded as JavaScript does; Intl would round the shortest decimals that name the number, 1.005 to 1.01. */
function digits(value: number, decimals: number): string {
  const rounded = value.toFixed(decimals) as `${number}`;
  return numbers(rounded, { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: false });
}

function numbers(value: number | `${number}`, options: Intl.NumberFormatOptions): string {
  return numberFormat(options).format(value).replace('-', '−');
}

/** Digits, at least the usual ones, with which a bound of an interval that excludes 0 is not shown as 0. */
export function digitsOf({ low, high }: { readonly low: number; readonly high: number }, usual: number): number {
  return usual + moreDigits({ low, high }, (bound, more) => bound.toFixed(usual + more));
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return listFormat().format(parts);
}

/** Clauses as one sentence: `a; b.` */
export function sentenceOfClauses(clauses: readonly string[]): string {
  return t('{clauses}.', { clauses: joined(clauses, message('{first}; {next}')) });
}

/** Sentences one after another. */
export function sentences(parts: readonly string[]): string {
  return joined(
    parts.filter((part) => part !== ''),
    message('{first} {next}'),
  );
}

function joined(parts: readonly string[], pair: Message): string {
  return parts.length === 0 ? '' : parts.reduce((first, next) => t(pair, { first, next }));
}

export function day(iso: string): string {
  return dated(iso, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** `25 Nov, 14:05`, in the reader's time zone. */
export function moment(iso: string): string {
  return dated(iso, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/** What is no date is shown as it is. */
function dated(iso: string, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : dateFormat(options).format(date);
}

/**
 * For the start of a sentence: `candidate pool` → `Candidate pool`; names such as `gAUC` and symbols such as
 * `α` are unchanged.
 */
export function sentenceCase(text: string): string {
  return text.replace(/^[a-z](?![A-Z])/, (letter) => letter.toUpperCase());
}

/** Generated text on one line: each line break as a sign, so that a text of nothing else can be seen. */
export function withLineSigns(text: string): string {
  return text.replace(/\r?\n/g, '↵');
}
