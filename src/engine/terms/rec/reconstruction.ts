/**
 * L_rec: the same adapted decoder reads the text back from a soft token W_d·h + b_d alone; no stop-gradient
 * on h. With another projection and with the base model and h held fixed, it is the loss of a probe decoder.
 */
import { write, type Tensor } from '../../../gpu/tensor';
import type { Activations, BackwardScratch } from '../../decoder/activations';
import type { FlatViews, LoraBlocks } from '../../adapter';
import type { Context } from '../../context';
import { fill, gatherRows, scatterAddRows, sumRows } from '../../rows/rows';
import type { ArmViews, Decoder, LoadedPass } from '../../decoder/decoder';
import type { KeptKeys } from '../../decoder/keptKeys';
import { denseForward, denseInputGradient, denseWeightGradient, type DenseSizes } from '../../gemm/dense';
import type { PackedRows, PassRows } from '../../decoder/sequence';
import type { LossSlot } from '../../losses/scoredLoss';
import type { TextLoss } from '../../losses/textLoss';

/**
 * The reader of a soft token: its projection (`w_d`, `b_d`), and the LoRA beside the frozen weights; null is
 * the base model.
 */
export interface SoftReader {
  readonly parameters: FlatViews;
  readonly blocks: LoraBlocks | null;
}

/** The texts, and where their loss goes. */
export interface ReadTexts extends LossSlot {
  readonly packed: PackedRows;
  readonly texts: number;
  readonly reader: SoftReader;
}

/** Where weight·∂loss is added. */
export interface ReadGradients {
  readonly weight: number;
  /** W_d, b_d and the reader's LoRA. */
  readonly parameters: FlatViews;
  /** Interest embeddings [*, e]; null stops the gradient there. */
  readonly dh: Tensor | null;
  readonly scratch: BackwardScratch & { readonly hidden: Tensor };
}

export interface ReconstructionSizes {
  readonly hidden: number;
  readonly embeddingSize: number;
  /** Maximum number of texts per call. */
  readonly texts: number;
}

export class Reconstruction {
  private readonly interestRows: Tensor;
  private readonly firstRows: Tensor;
  private readonly h: Tensor;
  private readonly soft: Tensor;
  private readonly dSoft: Tensor;
  private readonly dh: Tensor;

  constructor(
    private readonly context: Context,
    private readonly decoder: Decoder,
    readonly pass: Activations,
    readonly textLoss: TextLoss,
    private readonly sizes: ReconstructionSizes,
  ) {
    const { memory } = context;
    const { texts, hidden, embeddingSize } = sizes;
    this.interestRows = memory.tensor(texts, 'interest rows');
    this.firstRows = memory.tensor(texts, 'soft token rows');
    this.h = memory.tensor(texts * embeddingSize, 'interest of texts');
    this.dh = memory.tensor(texts * embeddingSize, 'd interest of texts');
    this.soft = memory.tensor(texts * hidden, 'soft tokens');
    this.dSoft = memory.tensor(texts * hidden, 'd soft tokens');
  }

  /** Uploads the texts and which rows of the interest embeddings they belong to. */
  load(packed: PackedRows, interestRows: Uint32Array): void {
    const { device } = this.context.memory;
    this.decoder.load(this.pass, packed);
    this.textLoss.load(packed.text);
    write(device, this.interestRows, interestRows);
    write(device, this.firstRows, firstRowsOf(packed));
  }

  /**
   * h [*, e] → hidden states of the pass.
   * @param kept where keys of its rows are kept, if texts will be read on
   */
  forward(packed: PackedRows, texts: number, h: Tensor, reader: SoftReader, kept?: LoadedPass['kept']): void {
    const { context } = this;
    const { parameters } = reader;
    gatherRows(context, { rows: texts, size: this.sizes.embeddingSize }, { x: h, index: this.interestRows, out: this.h });
    const bias = parameters.named('b_d');
    denseForward(context.gemm, this.softSizes(texts), { x: this.h, w: parameters.named('w_d'), y: this.soft, bias });
    this.read(packed.rows, reader, kept);
  }

  /** Rows that are each the newest of a text, whose earlier ones are kept → hidden states of the pass. */
  readOn(packed: PassRows, reader: SoftReader, keys: KeptKeys): void {
    this.decoder.load(this.pass, packed);
    this.read(packed.rows, reader, { keys, newest: true });
  }

  private read(rows: number, reader: SoftReader, kept: LoadedPass['kept']): void {
    const run = { pass: this.pass, rows, arm: adapterOf(reader), ...(kept && { kept }) };
    this.decoder.forward(run, { dense: this.soft, learned: this.soft });
  }

  /**
   * Loss added to the slot. Call after `forward`.
   * @returns the loss of every row that predicts, as `TextLoss.run` does
   */
  loss(packed: PackedRows, into: LossSlot): Tensor {
    return this.textLoss.run(this.pass, packed.text.rows.length, into, null);
  }

  /** Adds the loss to report[slot], and its gradient as `into` says. Call after `forward`. */
  lossAndBackward(
    { packed, texts, reader, report, slot }: ReadTexts,
    { weight, parameters: gradients, dh, scratch }: ReadGradients,
  ): void {
    const { context } = this;
    const { hidden, embeddingSize } = this.sizes;
    fill(context, scratch.hidden, packed.rows * hidden);
    context.recorder.scope('text loss', () => {
      this.textLoss.run(this.pass, packed.text.rows.length, { report, slot }, { weight, dHidden: scratch.hidden });
    });
    this.decoder.backward({ pass: this.pass, rows: packed.rows, arm: adapterOf(reader) }, scratch.hidden, scratch, gradients);
    gatherRows(context, { rows: texts, size: hidden }, { x: scratch.residual, index: this.firstRows, out: this.dSoft });
    denseWeightGradient(context.gemm, this.softSizes(texts), { dy: this.dSoft, x: this.h, dw: gradients.named('w_d') });
    const softRows = { x: scratch.residual, index: this.firstRows, out: gradients.named('b_d') };
    sumRows(context, { rows: texts, size: hidden }, softRows);
    if (dh === null) return;
    denseInputGradient(context.gemm, this.softSizes(texts), { dy: this.dSoft, w: reader.parameters.named('w_d'), dx: this.dh });
    scatterAddRows(context, { rows: texts, size: embeddingSize }, { x: this.dh, index: this.interestRows, out: dh });
  }

  /** W_d: e → hidden. */
  private softSizes(texts: number): DenseSizes {
    return { rows: texts, inputs: this.sizes.embeddingSize, outputs: this.sizes.hidden };
  }
}

function adapterOf({ parameters, blocks }: SoftReader): ArmViews | null {
  return blocks && { parameters, blocks };
}

function firstRowsOf(packed: PackedRows): Uint32Array {
  const firsts: number[] = [];
  for (let row = 0; row < packed.rows; row++) if (packed.info[4 * row] === row) firsts.push(row);
  return Uint32Array.from(firsts);
}
