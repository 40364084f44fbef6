import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { boundedText, cutLine, cutPassage, cutText, NAME, onOneLine, parseKept, singleLine, verbatim } from './texts';

/** Strings that are one of few, or whose pattern bounds them. */
function isBounded(schema: z.core.$ZodType): boolean {
  const { checks = [] } = schema._zod.def as { readonly checks?: readonly z.core.$ZodCheck[] };
  const [format] = [(schema._zod.def as { readonly format?: string }).format];
  return (
    ['datetime', 'date'].includes(format ?? '') ||
    checks.some(({ _zod }) => {
      const def = _zod.def as { readonly check: string; readonly pattern?: RegExp };
      return def.check === 'max_length' || /^\^\\d\{1,10\}\$$/.test(def.pattern?.source ?? '');
    })
  );
}

/** Paths of the strings in a schema that have no bound. */
function unbounded(schema: z.core.$ZodType, path: string, seen = new Set<z.core.$ZodType>()): string[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const def = schema._zod.def as unknown as Record<string, unknown>;
  if (def.type === 'string') return isBounded(schema) ? [] : [path];
  return Object.entries(def).flatMap(([key, value]) => {
    const inner =
      key === 'shape' ? Object.entries(value as object) : Array.isArray(value) ? [...value.entries()] : [[key, value]];
    return (inner as [string, unknown][]).flatMap(([name, one]) =>
      one instanceof z.core.$ZodType ? unbounded(one, `${path}.${name}`, seen) : [],
    );
  });
}

/** Ours, not a user's: what families of models are, and what vocabularies hold. */
const OURS = 'model/family.ts';
const MODULES = import.meta.glob<Record<string, unknown>>(
  [
    '../{recipe,record}/**/*.ts',
    '../experiment/{armSummary,grid/*}.ts',
    '../page/runs/{runEntry,archive}.ts',
    '!../**/*.test.ts',
  ],
  { eager: true },
);

test('every string of the schemas that read files, links and what was kept is bounded', () => {
  const schemas = Object.entries(MODULES).flatMap(([file, exported]) =>
    Object.entries(exported).flatMap(([name, value]) =>
      value instanceof z.core.$ZodType ? [[`${file} ${name}`, value] as const] : [],
    ),
  );
  expect(schemas.length).toBeGreaterThan(60);
  expect(schemas.flatMap(([name, schema]) => unbounded(schema, name))).toEqual([]);
  expect(unbounded(z.object({ a: z.array(z.record(z.string(), z.string().nullable().default(''))) }), 'it')).toHaveLength(2);
});

test('no schema of the sources has a string of its own without a bound', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|^(?:testing|verify)\//.test(file) && file !== OURS)
    .map((file) => `src/${file}`);
  const found = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/z\s*\.string\(\)(?!\s*(?:\.overwrite\([^;]*?\))?\s*\.(?:max|regex)\()/g)].map(
      ({ index }) => `${file} at ${index}`,
    ),
  );
  expect(files.length).toBeGreaterThan(500);
  expect(found).toEqual([]);
});

describe('texts', () => {
  test.each([
    ['a\nb', 'a b'],
    ['a\r\n\t\u0000b\u2028c', 'a b c'],
    ['한국어 🙂', '한국어 🙂'],
  ])('%j on one line is %j', (text, line) => {
    expect(onOneLine(text)).toBe(line);
    expect(singleLine().parse(text)).toBe(line);
    expect(cutLine().parse(text)).toBe(line);
  });

  test('notes keep their lines, without other control characters', () => {
    expect(boundedText(20).parse('a\r\nb\tc\u0007d')).toBe('a\nb\tc d');
    expect(cutPassage(5).parse('a\nb\tc\u0007d')).toBe('a\nb\t…');
  });

  test('names of columns are left as they are', () => {
    expect(verbatim().parse('a\nb')).toBe('a\nb');
  });

  test('a cut does not split a character', () => {
    expect(cutText('ab🙂c', 4)).toBe('ab…');
    expect(cutText('abcd', 4)).toBe('abcd');
  });

  test.each([1e5, 1e6])('a label of %d characters is refused, what was measured is cut', (length) => {
    const long = 'x'.repeat(length);
    expect(singleLine().safeParse(long).success).toBe(false);
    expect(cutLine(NAME).parse(long)).toHaveLength(NAME);
  });
});

test('what a browser kept with a text that is too long is read with it cut, and is itself unchanged', () => {
  const schema = z.object({ arms: z.array(z.object({ label: singleLine(10) })), n: z.number() });
  const kept = { arms: [{ label: 'short' }, { label: 'x'.repeat(1e6) }], n: 1 };
  expect(parseKept(schema, kept)).toEqual({ arms: [{ label: 'short' }, { label: 'xxxxxxxxx…' }], n: 1 });
  expect(kept.arms[1]!.label).toHaveLength(1e6);
  expect(parseKept(schema, { ...kept, n: 'one' })).toBeUndefined();
  expect(parseKept(schema, { n: 1 })).toBeUndefined();
});
