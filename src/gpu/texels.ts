/**
 * Matrices in textures. A software adapter fetches a texel as one vector of four floats, and a lane of a buffer's vector component by component behind a
 * bounds check, which takes twice the time and four times the code to compile.
 */
import type { Tensor } from './tensor';

/** Texels in a row of the texture, of four floats each. */
export const TEXELS_WIDTH = 1024;
/** Rows of the texture; a multiple of the rows that kernels read side by side. */
export const TEXELS_HEIGHT = 256;

/**
 * A texture that holds one matrix at a time. Its rows lie in bands of `TEXELS_HEIGHT` rows, side by side: number c of row r is in texel
 * (r div height · width of a row in texels + c div 4, r mod height).
 */
export interface Texels {
  readonly id: number;
  readonly texture: GPUTexture;
  readonly view: GPUTextureView;
}

/** Part of a tensor: element (r, c) is at offset + r · stride + c. */
export interface TexelSource {
  readonly tensor: Tensor;
  /** Elements before (0, 0); a multiple of 4. */
  readonly offset: number;
  /** A multiple of `TEXEL_STRIDE`. */
  readonly stride: number;
  readonly height: number;
  /** Elements of a row; a multiple of 4. */
  readonly width: number;
}

/** Strides that WebGPU copies to textures are multiples of 256 bytes: 64 floats. */
export const TEXEL_STRIDE = 64;

/** Rows of that many floats that one texture holds; 0 if a row is too long. */
export function texelRows(width: number): number {
  return Math.floor((4 * TEXELS_WIDTH) / width) * TEXELS_HEIGHT;
}

/** Floats in the longest rows, whole texels, of which a texture holds `height`; 0 if there are too many. */
export function texelColumns(height: number): number {
  return 4 * Math.floor(TEXELS_WIDTH / Math.ceil(height / TEXELS_HEIGHT));
}

/** Copies a matrix, band by band. It must fit (`texelRows`). */
export function encodeTexels(encoder: GPUCommandEncoder, source: TexelSource, { texture }: Texels): void {
  const { tensor, offset, stride, height, width } = source;
  for (let first = 0; first < height; first += TEXELS_HEIGHT) {
    encoder.copyBufferToTexture(
      { buffer: tensor.buffer, offset: tensor.offset + 4 * (offset + first * stride), bytesPerRow: 4 * stride },
      { texture, origin: [(first / TEXELS_HEIGHT) * (width / 4), 0] },
      [width / 4, Math.min(TEXELS_HEIGHT, height - first)],
    );
  }
}
