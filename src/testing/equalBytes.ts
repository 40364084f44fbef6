/**
 * Typed arrays with the same bytes are equal at once. Vitest compares them property by property, a second for
 * 280,000 floats.
 */
import { expect } from 'vitest';

expect.addEqualityTesters([equalBytes]);

/**
 * True if both are typed arrays of one type with the same bytes; else undefined, and Vitest compares them as
 * it does anything.
 */
function equalBytes(one: unknown, other: unknown): true | undefined {
  if (!ArrayBuffer.isView(one) || !ArrayBuffer.isView(other) || one.constructor !== other.constructor) return undefined;
  const [a, b] = [one, other].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  return a!.equals(b!) ? true : undefined;
}
