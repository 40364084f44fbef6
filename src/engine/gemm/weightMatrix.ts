/**
 * A frozen matrix on the GPU, written from float32 in the chosen format and read by generated GEMM kernels. A
 * matrix that is larger than the device can bind is divided into shards of as many rows as it can.
 */
import { largestBuffer } from '../../gpu/deviceRoom';
import { view, write, type Memory } from '../../gpu/tensor';
import type { Prelude } from '../../gpu/kernel';
import type { WeightFormat } from '../../recipe/runSpec';
import { chunks, stackedWeight, type Weight } from '../../model/weightSource';
import { BLOCK } from '../../model/gguf/quantise';
import { vectorPrelude } from '../context';
import { shardsOf, type Matrix, type Stored } from './gemmCall';
import { blockTypeOf, encodeWeights, hasScales, readerSource, splitBlocks, storedType, storedWords } from './weightFormat';

export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly format: WeightFormat;
  /** How products read it: row r starts at r · columns, or in its shard as far from that one's start. */
  readonly matrix: Matrix;
}

/**
 * Memory for [rows, columns], zero until written.
 * @param f16 whether products with it are computed in half precision
 * @throws RangeError when a format other than f32 meets columns that are not a multiple of 4.
 */
export function allocateMatrix(
  memory: Memory,
  { rows, columns, format }: Pick<WeightMatrix, 'rows' | 'columns' | 'format'>,
  label: string,
  f16 = false,
): WeightMatrix {
  if (format !== 'f32' && columns % 4 !== 0) {
    throw new RangeError(`${label}: rows of ${columns} weights cannot be stored as ${format}; choose f32`);
  }
  const allocate = (some: number): Stored => {
    const words = storedWords(format, some * columns);
    const tensor = memory.tensor(words.values, label);
    return { tensor, ...(words.scales > 0 && { scales: memory.tensor(words.scales, `${label}: scales`) }) };
  };
  const most = SHARD_ROWS * Math.floor(largestBuffer(memory.device.limits) / bytesOf(format, SHARD_ROWS * columns));
  const shared = { stride: columns, format, ...(f16 && { f16 }) };
  // Not even a few rows of a divided one could be bound.
  if (rows <= most || most === 0) return { rows, columns, format, matrix: { ...allocate(rows), ...shared } };
  const stored = Array.from({ length: Math.ceil(rows / most) }, (_, i) => allocate(Math.min(most, rows - i * most)));
  return { rows, columns, format, matrix: { ...stored[0]!, ...shared, shards: { rows: most, stored } } };
}

/**
 * Shards have a multiple of as many rows, so that whole blocks and words of scales, and whole tiles of
 * products, are in one.
 */
const SHARD_ROWS = 64;

function bytesOf(format: WeightFormat, weights: number): number {
  const { values, scales } = storedWords(format, weights);
  return 4 * Math.max(values, scales);
}

/**
 * Queues copies of stacked parts, each of whole rows, starting at the first row; rows after the last part
 * stay zero. A few megabytes are read and uploaded at a time: blocks of the matrix's own format as they are,
 * other weights encoded.
 * @throws RangeError when they do not fit, or a weight cannot be stored in the format; as reading does.
 */
export async function writeMatrix(device: GPUDevice, into: WeightMatrix, ...parts: readonly Weight[]): Promise<void> {
  const { rows, columns, format, matrix } = into;
  // Blocks of a quantised format may span two parts.
  const stacked = stackedWeight(parts);
  if (parts.some((part) => part.length % columns !== 0) || stacked.length > rows * columns) {
    throw new RangeError(`${stacked.length} weights do not fit into [${rows}, ${columns}]`);
  }
  const type = blockTypeOf(format);
  const blocks = type !== null && stacked.blocks?.type === type ? stacked.blocks : null;
  for (const shard of shardsOf(matrix)) {
    const first = shard.first * columns;
    const weights = Math.min(stacked.length - first, shard.rows * columns);
    for (const { begin, end } of chunks(weights, SCALED_TOGETHER)) {
      const { values, scales } =
        blocks === null
          ? encodeWeights(format, await stacked.read(first + begin, first + end))
          : splitBlocks(blocks.type, await blocks.read(first + begin, first + end));
      const before = storedWords(format, begin);
      write(device, view(shard.tensor, before.values, values.length), values);
      if (scales !== null) write(device, view(shard.scales!, before.scales, scales.length), scales);
    }
  }
}

/** Weights whose scales share a word. */
const SCALED_TOGETHER = 2 * BLOCK;

/**
 * Prelude of a kernel that reads the matrix as vectors under `name`: STORED and `<name>_at(i)`; scales are at
 * the given binding.
 */
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
