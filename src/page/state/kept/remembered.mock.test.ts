/** Mappings that the user corrected, from one visit to the next. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SourceMapping } from '../../../recipe/logRecipe';
import { forgetMapping, isRemembered, rememberedMappings, rememberMapping } from './remembered';

const mapping = (columns: string[], header = true): SourceMapping => ({
  name: 'log.csv',
  format: 'table',
  part: 'events',
  syntax: { kind: 'delimited', delimiter: ',', quoting: true, header },
  columns,
  roles: { user: 1, item: 0 },
  timeUnit: 'day-first',
  share: null,
});

let stored: Map<string, string>;
/** Thrown by every call, where set. */
let broken: Error | null;

beforeEach(() => {
  stored = new Map();
  broken = null;
  const guarded = <T>(work: () => T): T => {
    if (broken !== null) throw broken;
    return work();
  };
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => guarded(() => stored.get(key) ?? null),
    setItem: (key: string, value: string) => guarded(() => stored.set(key, value)),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('corrected mappings', () => {
  it('are remembered by the names in the header, whatever the file is called, and forgotten', () => {
    const first = mapping(['wer', 'ware']);
    rememberMapping(first);
    expect(isRemembered({ ...first, name: 'other.csv' })).toBe(true);
    expect(isRemembered(mapping(['ware', 'wer']))).toBe(false);
    expect(Object.values(rememberedMappings())).toEqual([{ part: 'events', roles: { user: 1, item: 0 }, timeUnit: 'day-first' }]);
    rememberMapping({ ...first, timeUnit: 'date' });
    expect(Object.values(rememberedMappings()).map(({ timeUnit }) => timeUnit)).toEqual(['date']);
    forgetMapping(first);
    expect(rememberedMappings()).toEqual({});
  });

  it('are not stored without a header, since such files could not be distinguished', () => {
    rememberMapping(mapping(['column 1', 'column 2'], false));
    expect(rememberedMappings()).toEqual({});
    expect(isRemembered(mapping(['column 1', 'column 2'], false))).toBe(false);
  });

  it('are fifty at most, the ones used last', () => {
    for (let at = 0; at < 60; at++) rememberMapping(mapping([`c${at}`]));
    rememberMapping(mapping(['c10']));
    rememberMapping(mapping(['one more']));
    expect(Object.keys(rememberedMappings())).toHaveLength(50);
    expect(isRemembered(mapping(['c10']))).toBe(true);
    expect(isRemembered(mapping(['c11']))).toBe(false);
  });

  it.each(['{', '[]', '{"x":{"part":"nonsense"}}', 'null'])('are empty if the storage contains %s', (text) => {
    stored.set('karma-mappings', text);
    expect(rememberedMappings()).toEqual({});
    rememberMapping(mapping(['a']));
    expect(isRemembered(mapping(['a']))).toBe(true);
  });

  it('last for the visit if the browser forbids storage; other errors are not hidden', () => {
    broken = new DOMException('denied', 'SecurityError');
    rememberMapping(mapping(['a']));
    expect(isRemembered(mapping(['a']))).toBe(true);
    broken = null;
    expect(stored.size).toBe(0);
    // It is stored as soon as possible.
    forgetMapping(mapping(['a']));
    expect(rememberedMappings()).toEqual({});
    broken = new TypeError('a mistake of ours');
    expect(() => rememberedMappings()).toThrow('a mistake of ours');
  });
});
