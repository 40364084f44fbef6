/** Logits of the token after each sequence of a pass. */
import { readFloats, write, type Tensor } from '../../gpu/tensor';
import { roundUp8, type Context } from '../context';
import { gatherRows } from '../rows/rows';
import type { Activations } from '../decoder/activations';
import type { FrozenWeights } from '../decoder/frozenWeights';
import type { PassRows } from '../decoder/sequence';

export class NextTokens {
  private readonly lastRows: Tensor;
  private readonly lastHidden: Tensor;
  private readonly logits: Tensor;

  /** @param most maximum number of sequences at a time */
  constructor(
    private readonly context: Context,
    private readonly weights: FrozenWeights,
    readonly most: number,
  ) {
    const { memory } = context;
    const { hidden, vocabulary } = weights.config;
    this.lastRows = memory.tensor(most, 'last rows');
    this.lastHidden = memory.tensor(most * hidden, 'last hidden');
    this.logits = memory.tensor(most * roundUp8(vocabulary), 'next-token logits');
  }

  /**
   * @param pass whose forward pass over `packed` has been recorded
   * @returns [sequences][vocabulary], valid until the next read
   */
  async read(pass: Pick<Activations, 'hidden'>, { info }: Pick<PassRows, 'info'>): Promise<Float32Array[]> {
    const { context, weights, logits } = this;
    const { vocabulary, hidden } = weights.config;
    // The head has rows of zeros up to a multiple of 8.
    const padded = roundUp8(vocabulary);
    const lastRows = Uint32Array.from(lastRowsOf(info));
    const sequences = lastRows.length;
    write(context.memory.device, this.lastRows, lastRows);
    gatherRows(context, { rows: sequences, size: hidden }, { x: pass.hidden, index: this.lastRows, out: this.lastHidden });
    context.gemm.run({
      kind: 'NT',
      rows: sequences,
      columns: padded,
      depth: hidden,
      a: { tensor: this.lastHidden, stride: hidden },
      b: weights.head.matrix,
      out: { tensor: logits, stride: padded },
    });
    context.recorder.submit();
    const [values] = await readFloats(context.memory, [{ tensor: logits, elements: sequences * padded }]);
    return Array.from({ length: sequences }, (_, i) => values!.subarray(i * padded, i * padded + vocabulary));
  }
}

function lastRowsOf(info: Uint32Array): number[] {
  const last = new Set<number>();
  for (let row = 0; 4 * row < info.length; row++) last.add(info[4 * row + 1]! - 1);
  return [...last];
}

/** Softmax of the logits, at one token. */
export function probabilityOf(logits: Float32Array, token: number): number {
  const most = logits.reduce((largest, value) => Math.max(largest, value), -Infinity);
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - most);
  return Math.exp(logits[token]! - most) / sum;
}
