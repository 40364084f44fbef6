import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readLocal, readLocalJson, useLocal, writeLocal } from './local';

/** A localStorage that stores everything. */
function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

beforeEach(() => {
  vi.stubGlobal('localStorage', storage());
});
afterEach(() => {
  vi.stubGlobal('localStorage', storage());
  // Values held in memory are forgotten once storage works.
  for (const key of ['a', 'b']) writeLocal(key, null);
  vi.unstubAllGlobals();
});

describe('small values', () => {
  it('are stored, read and removed', () => {
    expect(writeLocal('a', '[1]')).toBe(true);
    expect(readLocalJson('a')).toEqual([1]);
    writeLocal('a', 'no json');
    expect([readLocal('a'), readLocalJson('a')]).toEqual(['no json', null]);
    writeLocal('a', null);
    expect([readLocal('a'), useLocal.getState().keeps]).toEqual([null, true]);
  });

  it.each([
    ['is forbidden', () => vi.stubGlobal('localStorage', undefined)],
    [
      'throws when it is read',
      () => {
        Object.defineProperty(globalThis, 'localStorage', {
          configurable: true,
          get: () => {
            throw new DOMException('The operation is insecure.', 'SecurityError');
          },
        });
      },
    ],
    [
      'is full',
      () =>
        vi.stubGlobal('localStorage', {
          ...storage(),
          setItem: () => {
            throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
          },
        }),
    ],
    ['keeps nothing without a word', () => vi.stubGlobal('localStorage', { ...storage(), setItem: () => undefined })],
  ])('last for the visit if storage %s, and the page says so', (_, breakIt) => {
    breakIt();
    expect(readLocal('b')).toBeNull();
    expect(writeLocal('b', 'here')).toBe(false);
    expect([readLocal('b'), useLocal.getState().keeps]).toEqual(['here', false]);
  });
});
