/** A frozen matrix on the GPU, written from float32 in the format that was chosen and read by the GEMM generator. */
import { view, write, type Memory } from '../gpu/tensor';
import type { Prelude } from '../gpu/kernel';
import { vectorPrelude } from './context';
import type { Matrix } from './gemm';
import { encodeWeights, hasScales, readerSource, storedType, storedWords, type WeightFormat } from './weightFormat';

export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly format: WeightFormat;
  /** How products read it: row r starts at r · columns. */
  readonly matrix: Matrix;
}

/**
 * Room for [rows, columns], zero until written.
 * @throws RangeError when a format other than f32 meets columns that are not a multiple of 4.
 */
export function allocateMatrix(memory: Memory, rows: number, columns: number, format: WeightFormat, label: string): WeightMatrix {
  if (format !== 'f32' && columns % 4 !== 0) {
    throw new RangeError(`${label}: rows of ${columns} weights cannot be stored as ${format}; choose f32`);
  }
  const words = storedWords(format, rows * columns);
  const tensor = memory.tensor(words.values, label);
  const scales = words.scales === 0 ? {} : { scales: memory.tensor(words.scales, `${label}: scales`) };
  return { rows, columns, format, matrix: { tensor, stride: columns, format, ...scales } };
}

/**
 * Queues the copy of stacked parts, whole rows each, from the first row on; rows after the last part stay zero.
 * @throws RangeError when they do not fit, or a weight cannot be stored in the format.
 */
export function writeMatrix(device: GPUDevice, into: WeightMatrix, ...parts: readonly Float32Array[]): void {
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  if (parts.some((part) => part.length % into.columns !== 0) || count > into.rows * into.columns) {
    throw new RangeError(`${count} weights do not fit into [${into.rows}, ${into.columns}]`);
  }
  // Blocks of a packed format may span two parts.
  const pieces = into.format === 'f32' || parts.length === 1 ? parts : [concatenate(parts, count)];
  let first = 0;
  for (const piece of pieces) {
    const { values, scales } = encodeWeights(into.format, piece);
    const { tensor } = into.matrix;
    write(device, first === 0 ? tensor : view(tensor, first, values.length), values);
    if (scales !== null) write(device, into.matrix.scales!, scales);
    first += values.length;
  }
}

/** Prelude of a kernel that reads the matrix as vectors under `name`: STORED and `<name>_at(i)`; scales come at the binding given. */
export function readerPrelude(
  { columns, format }: Pick<WeightMatrix, 'columns' | 'format'>,
  name: string,
  scalesBinding: number,
): Prelude {
  const prelude = vectorPrelude(columns);
  const read = format === 'f32' ? `return ${name}[i];` : `let at = 4u * i; ${readerSource(format, name, `${name}_scales`)}`;
  const scales = hasScales(format) ? `@group(0) @binding(${scalesBinding}) var<storage, read> ${name}_scales: array<u32>;` : '';
  const stored = format === 'f32' ? 'V' : storedType(format);
  return {
    ...prelude,
    code: `${prelude.code ?? ''}\nalias STORED = ${stored};\n${scales}\nfn ${name}_at(i: u32) -> V { ${read} }`,
  };
}

function concatenate(parts: readonly Float32Array[], count: number): Float32Array {
  const whole = new Float32Array(count);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
