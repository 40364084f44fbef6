/**
 * NumPy's .npy, version 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): one
 * little-endian array per file.
 */

type NumberArray = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array | BigInt64Array;

const HEADER_BLOCK = 64;

/** NumPy's name for an array's type. */
export function npyType(values: NumberArray): string {
  if (values instanceof Uint8Array) return '|u1';
  if (values instanceof Int32Array) return '<i4';
  if (values instanceof Uint32Array) return '<u4';
  if (values instanceof Float32Array) return '<f4';
  return values instanceof Float64Array ? '<f8' : '<i8';
}

/** @param shape of the array in C order; its product is the number of values */
export function npyFile(values: NumberArray, shape: readonly number[] = [values.length]): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]!},` : shape.join(', ');
  const words = `{'descr': '${npyType(values)}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Magic, version and length take 10 bytes, the line break one; data start at a multiple of 64.
  const length = Math.ceil((10 + words.length + 1) / HEADER_BLOCK) * HEADER_BLOCK - 10;
  const head = `\x93NUMPY\x01\x00${String.fromCharCode(length % 256, length >> 8)}${words.padEnd(length - 1)}\n`;
  const bytes = new Uint8Array(head.length + values.byteLength);
  for (let i = 0; i < head.length; i++) bytes[i] = head.charCodeAt(i);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), head.length);
  return bytes;
}
