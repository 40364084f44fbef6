/**
 * Parses an input's text to a field's value. What cannot be parsed becomes NaN, which the schema then rejects
 * with a message.
 */

export function parseNumber(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

export function parseNumbers(text: string): number[] {
  return text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(parseNumber);
}

export function parseAutoNumber(text: string): number | 'auto' {
  return text.trim().toLowerCase() === 'auto' ? 'auto' : parseNumber(text);
}

export function fieldText(value: unknown): string {
  if (Array.isArray(value)) return value.map(fieldText).join(', ');
  if (typeof value === 'number')
    return Number.isNaN(value) ? '' : value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return typeof value === 'string' ? value : '';
}
