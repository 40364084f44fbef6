/**
 * Values that contain typed arrays and Maps as bytes and back: JSON, in which each array is a number, then
 * the arrays. For files written by this program.
 */

const KINDS = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;
type Kind = keyof typeof KINDS;
type Numbers = InstanceType<(typeof KINDS)[Kind]>;

interface Place {
  readonly kind: Kind;
  readonly length: number;
}

/** Keys that represent an array and a Map. No object in this program has them. */
const ARRAY = '$array';
const MAP = '$map';
/** Arrays start at multiples of this, the size of the widest number. */
const ALIGNED = 8;

/** Numbers that JSON cannot represent are lost outside typed arrays. */
export function packValue(value: unknown): Uint8Array<ArrayBuffer> {
  const arrays: Numbers[] = [];
  const json = JSON.stringify(value, (_, member: unknown) => {
    if (member instanceof Map) return { [MAP]: [...member] };
    const kind = kindOf(member);
    return kind === null ? member : { [ARRAY]: arrays.push(member as Numbers) - 1 };
  });
  const places = arrays.map((array): Place => ({ kind: kindOf(array)!, length: array.length }));
  const head = new TextEncoder().encode(JSON.stringify({ places, json }));
  const start = aligned(4 + head.length);
  const bytes = new Uint8Array(arrays.reduce((end, { byteLength }) => end + aligned(byteLength), start));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return bytes;
}

/** The arrays are views of the bytes. @throws SyntaxError, RangeError if these are not a packed value */
export function unpackValue(bytes: Uint8Array<ArrayBuffer>): unknown {
  if (bytes.length < 4 || bytes.byteOffset % ALIGNED !== 0) throw new RangeError('no packed value');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { places, json } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as {
    readonly places: readonly Place[];
    readonly json: string;
  };
  let at = aligned(4 + length);
  const arrays = places.map(({ kind, length: numbers }) => {
    const array = new KINDS[kind](bytes.buffer, bytes.byteOffset + at, numbers);
    at += aligned(array.byteLength);
    return array;
  });
  return JSON.parse(json, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null) return member;
    if (MAP in member) return new Map(member[MAP] as [unknown, unknown][]);
    return ARRAY in member ? arrays[Number(member[ARRAY])] : member;
  });
}

function kindOf(value: unknown): Kind | null {
  const kind = (Object.keys(KINDS) as Kind[]).find((name) => value instanceof KINDS[name]);
  return kind ?? null;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNED) * ALIGNED;
}
