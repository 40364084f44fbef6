/** A frozen matrix on the GPU, written row by row from float32 and read by the GEMM generator. */
import { view, write, type Memory, type Tensor } from '../gpu/tensor';
import type { Matrix } from './gemm';

export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  /** How products read it: row r starts at r · columns. */
  readonly matrix: Matrix;
}

/** Room for [rows, columns], zero until written. */
export function allocateMatrix(memory: Memory, rows: number, columns: number, label: string): WeightMatrix {
  return { rows, columns, matrix: { tensor: memory.tensor(rows * columns, label), stride: columns } };
}

/** Queues the copy of whole rows from `firstRow` on. @throws RangeError when they do not fit. */
export function writeRows(device: GPUDevice, into: WeightMatrix, firstRow: number, values: Float32Array): void {
  if (values.length % into.columns !== 0 || firstRow + values.length / into.columns > into.rows) {
    throw new RangeError(`${values.length} values from row ${firstRow} do not fit into [${into.rows}, ${into.columns}]`);
  }
  write(device, rowsOf(into.matrix.tensor, firstRow * into.columns, values.length), values);
}

function rowsOf(tensor: Tensor, first: number, elements: number): Tensor {
  return first === 0 ? tensor : view(tensor, first, elements);
}
