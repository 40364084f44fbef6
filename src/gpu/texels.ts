/**
 * Matrices in textures. A software adapter fetches a texel as one vector of four floats. It fetches a vector
 * of a buffer component by component, behind bounds checks, which takes longer and four times the code to
 * compile.
 */
import type { FloatTexture, Memory, Tensor } from './tensor';

/** Texels in a row of the texture, of four floats each. */
export const TEXELS_WIDTH = 2048;
export const TEXELS_HEIGHT = 64;

/**
 * A texture that holds one matrix at a time. As many of its rows as WebGPU needs for a copy lie abreast in
 * one of the texture, as in the buffer, and those in bands of `TEXELS_HEIGHT` rows, side by side
 * (`TexelLayout`).
 */
export type Texels = FloatTexture;

export function createTexels(memory: Memory, label: string): Texels {
  return memory.texture(TEXELS_WIDTH, TEXELS_HEIGHT, label);
}

/**
 * Part of a tensor: element (r, c) is at offset + r · stride + c. All numbers but heights are multiples of 4,
 * and the stride is a multiple of 8, so that at most eight rows lie side by side.
 */
export interface TexelSource {
  readonly tensor: Tensor;
  /** Elements before (0, 0). */
  readonly offset: number;
  readonly stride: number;
  readonly height: number;
  /** Elements of a row. */
  readonly width: number;
  /** Rows of zeros that follow, copied from `zeros`, which holds `4 · TEXELS_WIDTH` of them. */
  readonly after?: { readonly rows: number; readonly zeros: Tensor };
}

/**
 * Where a matrix lies: with s = r div 2^abreast, number c of row r is in the texel of column (s div height) ·
 * band + (r mod 2^abreast) · stride + c div 4 and row s mod height.
 */
export interface TexelLayout {
  readonly abreast: number;
  /** Texels. */
  readonly band: number;
  readonly stride: number;
}

/** Rows of a buffer are copied to textures if they are multiples of 256 bytes apart. */
const COPIED_FLOATS = 64;

/** Rows that lie abreast, so that the next ones are far enough apart. */
function rowsAbreast(stride: number): number {
  let rows = 1;
  while ((rows * stride) % COPIED_FLOATS !== 0) rows *= 2;
  return rows;
}

export function texelLayout({ stride, width }: Pick<TexelSource, 'stride' | 'width'>): TexelLayout {
  const rows = rowsAbreast(stride);
  return { abreast: Math.log2(rows), band: ((rows - 1) * stride + width) / 4, stride: stride / 4 };
}

/** Rows of that many floats that one texture holds; 0 if they are too long. */
export function texelRows(width: number, stride: number): number {
  const { band } = texelLayout({ stride, width });
  return Math.floor(TEXELS_WIDTH / band) * TEXELS_HEIGHT * rowsAbreast(stride);
}

/** Floats in the longest rows of which a texture holds `height`; none or fewer if there are too many. */
export function texelColumns(height: number, stride: number): number {
  const rows = rowsAbreast(stride);
  const bands = Math.ceil(height / rows / TEXELS_HEIGHT);
  return 4 * Math.floor(TEXELS_WIDTH / bands) - (rows - 1) * stride;
}

/** Copies a matrix, band by band. It must fit. */
export function encodeTexels(encoder: GPUCommandEncoder, source: TexelSource, { texture }: Texels): void {
  const { tensor, offset, stride, height, width, after } = source;
  const rows = rowsAbreast(stride);
  const { band } = texelLayout(source);
  /** Rows of the texture from `first` on, of `texels` texels from column `left` of its band on. */
  const copy = (from: GPUTexelCopyBufferInfo, first: number, count: number, texels: number, left = 0): void => {
    const origin = [Math.floor(first / TEXELS_HEIGHT) * band + left, first % TEXELS_HEIGHT];
    encoder.copyBufferToTexture(from, { texture, origin }, [texels, count]);
  };
  const at = (first: number): GPUTexelCopyBufferInfo => ({
    buffer: tensor.buffer,
    offset: tensor.offset + 4 * (offset + first * rows * stride),
    bytesPerRow: 4 * rows * stride,
  });
  const whole = Math.floor(height / rows);
  for (let first = 0; first < whole; first += TEXELS_HEIGHT) {
    copy(at(first), first, Math.min(TEXELS_HEIGHT, whole - first), band);
  }
  const left = height - whole * rows;
  if (left > 0) copy(at(whole), whole, 1, ((left - 1) * stride + width) / 4);
  if (after === undefined) return;
  const zeros = { buffer: after.zeros.buffer, offset: after.zeros.offset };
  for (let row = height; row < height + after.rows; row++) {
    copy(zeros, Math.floor(row / rows), 1, width / 4, (row % rows) * (stride / 4));
  }
}
