import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from './modelError';
import { parseSafetensors, readFloatTensor, writeSafetensors, type FloatTensor } from './safetensors';

/** Parses and reads every tensor in the shape that the header claims. */
function readAll(bytes: Uint8Array<ArrayBuffer>): Record<string, FloatTensor> {
  const file = parseSafetensors(bytes, 'x.safetensors');
  return Object.fromEntries(
    [...file.tensors].map(([name, { shape }]) => [name, { shape, data: readFloatTensor(file, name, shape) }]),
  );
}

/** A file with any header, followed by `dataBytes` bytes 0, 1, 2, … */
function fileOf(header: unknown, dataBytes = 0): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  for (let i = 0; i < dataBytes; i += 1) bytes[8 + json.length + i] = i;
  return bytes;
}

/** Any name except the one that no JavaScript object can have as its own property. */
const keyArbitrary = fc.string({ minLength: 1, maxLength: 12 }).filter((key) => key !== '__proto__');

const tensorsArbitrary = fc.dictionary(
  keyArbitrary,
  fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return fc.record({ shape: fc.constant(shape), data: fc.float32Array({ minLength: count, maxLength: count }) });
  }),
  { maxKeys: 4, noNullPrototype: true },
);

describe('writeSafetensors and parseSafetensors', () => {
  it('are inverse to each other', () => {
    fc.assert(
      fc.property(tensorsArbitrary, fc.dictionary(keyArbitrary, fc.string(), { noNullPrototype: true }), (tensors, metadata) => {
        const bytes = writeSafetensors(tensors, metadata);
        expect(readAll(bytes)).toEqual(tensors);
        expect(parseSafetensors(bytes, 'x').metadata).toEqual(metadata);
      }),
    );
  });

  it('throw nothing but ModelError, whatever the damage', () => {
    const damage = fc.array(fc.record({ at: fc.nat(), value: fc.nat(255) }), { maxLength: 6 });
    fc.assert(
      fc.property(tensorsArbitrary, damage, fc.nat(), fc.boolean(), (tensors, changes, cut, truncate) => {
        let bytes = writeSafetensors(tensors, { format: 'pt' });
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        if (truncate) bytes = bytes.slice(0, cut % bytes.length);
        try {
          readAll(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('refuse every truncation', () => {
    const bytes = writeSafetensors({ w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => parseSafetensors(bytes.slice(0, length), 'x')).toThrow(ModelError);
    }
  });
});

describe('parseSafetensors', () => {
  const w = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  it.each([
    ['JSON that is none', '{', 0, /not valid JSON/],
    ['a list', [], 0, /not a table/],
    ['an entry without dtype', { w: { shape: [1], data_offsets: [0, 4] } }, 4, /"w" is malformed/],
    ['a negative size', { w: { ...w, shape: [-2] } }, 8, /malformed/],
    ['metadata that is no text', { __metadata__: { a: 1 } }, 0, /metadata is malformed/],
    ['a shape that does not fill its bytes', { w: { ...w, shape: [3] } }, 8, /do not fill/],
    ['overlapping tensors', { w, v: w }, 16, /overlap or leave gaps/],
    ['a gap', { w: { ...w, data_offsets: [4, 12] } }, 12, /overlap or leave gaps/],
    ['missing data', { w }, 7, /truncated: \d+ bytes/],
    ['bytes of no tensor', { w }, 9, /1 bytes that belong to no tensor/],
  ])('refuses %s', (_, header, dataBytes, message) => {
    expect(() => parseSafetensors(fileOf(header, dataBytes), 'x')).toThrow(message);
  });

  it('refuses an absurd header length before allocating anything', () => {
    expect(() => parseSafetensors(new Uint8Array(16).fill(255), 'x')).toThrow(/does not start with/);
  });
});

describe('readFloatTensor', () => {
  it('widens F16 and BF16 exactly', () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555, 0x3f80, 0xc2f7);
    const bytes = fileOf(
      { h: { dtype: 'F16', shape: [5], data_offsets: [0, 10] }, b: { dtype: 'BF16', shape: [2], data_offsets: [10, 14] } },
      14,
    );
    bytes.set(new Uint8Array(halves.buffer), bytes.length - 14);
    const file = parseSafetensors(bytes, 'x');
    expect([...readFloatTensor(file, 'h', [5])]).toEqual([1, -2, 2 ** -24, Infinity, 0.333251953125]);
    expect([...readFloatTensor(file, 'b', [2])]).toEqual([1, -123.5]);
  });

  it('names a missing tensor, a wrong shape and a wrong dtype', () => {
    const file = parseSafetensors(fileOf({ i: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, 8), 'm.safetensors');
    expect(() => readFloatTensor(file, 'w', [1])).toThrow('m.safetensors has no tensor "w".');
    expect(() => readFloatTensor(file, 'i', [1, 2])).toThrow('has shape [1], but [1, 2] was expected');
    expect(() => readFloatTensor(file, 'i', [1])).toThrow('is stored as I64');
  });
});
