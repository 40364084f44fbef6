import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonRecord } from './brackets';
import { JsonLinesParser, JsonParser, parseObject } from './json';
import { parsePythonLiteral } from './pythonLiteral';

const tooLong = (line: number): Error => new Error(`record at line ${line} is too long`);

function parse(pieces: readonly string[], parser: JsonParser | JsonLinesParser): JsonRecord[] {
  return [...pieces.flatMap((piece) => [...parser.push(piece, false)]), ...parser.push('', true)];
}

/** Integers beyond 2⁵³ are read as their digits. */
function digits(value: unknown): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(String(value)) ? String(value) : value;
}

describe('JSON records', () => {
  const objects = fc.array(
    fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true, maxKeys: 3 }),
    {
      maxLength: 5,
    },
  );

  it('reads arrays and lines, however they are split and indented', () => {
    fc.assert(
      fc.property(objects, fc.nat({ max: 3 }), fc.nat(), (values, indent, cut) => {
        const array = JSON.stringify(values, null, indent);
        const at = cut % (array.length + 1);
        const plain = JSON.parse(JSON.stringify(values), (_, value: unknown) => digits(value)) as unknown[];
        expect(parse([array.slice(0, at), array.slice(at)], new JsonParser(tooLong)).map(({ value }) => value)).toEqual(plain);
        const lines = values.map((value) => `${JSON.stringify(value)}\n`).join('');
        expect(parse([lines.slice(0, at), lines.slice(at)], new JsonLinesParser(tooLong)).map(({ value }) => value)).toEqual(
          plain,
        );
      }),
    );
  });

  it('counts what is not an object by its line and continues', () => {
    const records = parse(['[{"a":1},\n{"a":}, 7\n, {"a":2}'], new JsonParser(tooLong));
    expect(records.map(({ value, line }) => [value, line])).toEqual([
      [{ a: 1 }, 1],
      [null, 2],
      [null, 2],
      [{ a: 2 }, 3],
    ]);
    const cut = parse(['[{"a":1},{"a":'], new JsonParser(tooLong));
    expect(cut[1]?.problem).toContain('ends inside');
  });

  it('refuses a record without end', () => {
    expect(() => parse(['{"a":"', 'x'.repeat(9e6)], new JsonParser(tooLong))).toThrow('line 1');
    expect(() => parse(['{}\n', 'x'.repeat(9e6)], new JsonLinesParser(tooLong))).toThrow('line 2');
  });
});

describe('parsePythonLiteral', () => {
  it('reads what repr writes, as in the 2014 Amazon metadata', () => {
    const line = `{'asin': '0000031852', 'title': "Girls' Tutu", 'price': 3.17, 'related': {'also_bought': ['B00', u'\\u00e9']}, 'x': None, 'y': (True, False), 'z': -1e3}`;
    expect(parsePythonLiteral(line)).toEqual({
      asin: '0000031852',
      title: "Girls' Tutu",
      price: 3.17,
      related: { also_bought: ['B00', 'é'] },
      x: null,
      y: [true, false],
      z: -1000,
    });
  });

  it.each(["{'a': 1", "{'a'}", '{1: 2}', "{'a': open('x')}", "{'a': 1} x", "['a' 'b']"])('refuses %s', (text) => {
    expect(() => parsePythonLiteral(text)).toThrow(SyntaxError);
    expect(parseObject(text, 3)).toMatchObject({ value: null, line: 3 });
  });
});
