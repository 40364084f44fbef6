/** RoPE on the fused q,k,v rows, with the table of each layer. */
import type { Tensor } from '../../gpu/tensor';
import type { DecoderConfig, Rope } from '../../model/decoderConfig';
import { rotations, usablePositions } from '../../model/rope';
import type { LayerRows } from './attention';
import { elementPrelude, type Context } from '../context';

export class Rotary {
  /** One for each RoPE of the config. */
  private readonly tables: readonly Tensor[];

  constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
  ) {
    this.tables = config.ropes.map((rope, index) => context.memory.upload(rotationTable(config, rope), `rotations ${index}`));
  }

  /**
   * Rotates the q and k heads of `qkv` by their rows' positions, in place; −1 rotates back, which gives the
   * gradient.
   */
  turn({ info, rows, layer }: LayerRows, qkv: Tensor, direction: 1 | -1): void {
    const { heads, kvHeads, headSize, attention } = this.config;
    const rope = attention[layer]!.rope;
    if (rope === null) return;
    const { prelude, width } = elementPrelude(headSize / 2);
    const half = headSize / 2 / width;
    const rotated = heads + kvHeads;
    this.context.recorder.dispatch({
      kernel: this.context.kernels.file('rope', prelude),
      storage: { rows_info: info, table: this.tables[rope]!, qkv },
      params: { rows, heads: rotated, half, stride: (heads + 2 * kvHeads) * 2 * half, direction },
      threads: rows * rotated * half,
    });
  }
}

/** Angles of every position: cosines of all frequencies, then sines: [usablePositions, headSize]. */
function rotationTable(config: DecoderConfig, rope: Rope): Float32Array {
  const { headSize } = config;
  const half = headSize / 2;
  const { cos, sin } = rotations(headSize, rope, usablePositions(config));
  const table = new Float32Array(2 * cos.length);
  for (let at = 0; at < cos.length; at += half) {
    table.set(cos.subarray(at, at + half), 2 * at);
    table.set(sin.subarray(at, at + half), 2 * at + half);
  }
  return table;
}
