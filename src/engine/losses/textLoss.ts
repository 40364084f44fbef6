/** Next-token loss of some rows of a pass through the LM head: L_gen, L_rec and the NLL behind LM drift. */
import { write, type Tensor } from '../../gpu/tensor';
import type { Activations } from '../decoder/activations';
import type { Context } from '../context';
import { gatherRows, scatterAddRows } from '../rows/rows';
import type { FrozenWeights } from '../decoder/frozenWeights';
import { SOFTMAX } from './softmax/row';
import type { LossSlot, ScoredLoss } from './scoredLoss';
import type { TextTargets } from '../decoder/sequence';

export class TextLoss {
  private readonly rows: Tensor;
  private readonly tokens: Tensor;
  private readonly weights: Tensor;
  private readonly h: Tensor;
  private readonly dh: Tensor;

  constructor(
    private readonly context: Context,
    private readonly frozen: FrozenWeights,
    private readonly scored: ScoredLoss,
    readonly capacity: number,
  ) {
    const { memory } = context;
    this.rows = memory.tensor(capacity, 'text rows');
    this.tokens = memory.tensor(capacity, 'text tokens');
    this.weights = memory.tensor(capacity, 'text weights');
    this.h = memory.tensor(capacity * frozen.config.hidden, 'text hidden');
    this.dh = memory.tensor(capacity * frozen.config.hidden, 'd text hidden');
  }

  /** Uploads the tokens that the rows predict. */
  load(text: TextTargets): void {
    if (text.rows.length > this.capacity) throw new RangeError(`${text.rows.length} text rows, room for ${this.capacity}`);
    const { device } = this.context.memory;
    write(device, this.rows, text.rows);
    write(device, this.tokens, text.tokens);
    write(device, this.weights, text.weights);
  }

  /**
   * Loss added to report[slot]; with a gradient, weight·∂loss is added to `dHidden`.
   * @returns the rows' states, from which `crossEntropies` computes each row's loss; valid until the next
   * loss
   */
  run(
    pass: Activations,
    rows: number,
    { report, slot }: LossSlot,
    gradient: { readonly weight: number; readonly dHidden: Tensor } | null,
  ): Tensor {
    const { context, frozen } = this;
    const { hidden, vocabulary } = frozen.config;
    gatherRows(context, { rows, size: hidden }, { x: pass.hidden, index: this.rows, out: this.h });
    this.scored.run({
      loss: SOFTMAX,
      rows,
      columns: vocabulary,
      depth: hidden,
      h: this.h,
      e: frozen.head.matrix,
      targetColumn: this.tokens,
      owned: null,
      logScale: null,
      offset: null,
      rowWeight: this.weights,
      report,
      slot,
      gradient: gradient === null ? null : { weight: gradient.weight, dh: this.dh, de: null },
    });
    if (gradient !== null)
      scatterAddRows(context, { rows, size: hidden }, { x: this.dh, index: this.rows, out: gradient.dHidden });
    return this.scored.state;
  }
}
