/** Parameters of g, the decoder of L_img, by name: [rows, columns]. Names: docs/method.md. CPU only. */
import { roundUp4 } from '../../context';

/** Fourier features of the time τ that g reads: a sine and a cosine of each. */
export const FREQUENCIES = 8;

export interface ImageDecoderSizes {
  /** Size of v, which is stored in rows of whole vectors. */
  readonly size: number;
  readonly units: number;
  readonly frequencies: number;
  readonly embeddingSize: number;
  /** Size of the hidden states that `img_m` reads; if undefined there is no such matrix. */
  readonly hidden?: number;
}

export function imageMatrices({ size, units, frequencies, embeddingSize, hidden }: ImageDecoderSizes) {
  const width = roundUp4(size);
  return {
    img_z: [units, width],
    img_h: [units, embeddingSize],
    ...(hidden !== undefined && { img_m: [units, hidden] as const }),
    img_t: [units, 2 * frequencies],
    img_2: [units, units],
    img_3: [width, units],
  } as const;
}

export function imageBiases({ size, units }: Pick<ImageDecoderSizes, 'size' | 'units'>) {
  return { img_b1: [1, units], img_b2: [1, units], img_b3: [1, roundUp4(size)] } as const;
}
