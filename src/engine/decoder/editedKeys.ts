/**
 * Attention of a model that is operated on: how much each head may pay to each key. Passes that use it are
 * read and never differentiated.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { Context } from '../context';
import type { BlockActivations } from './activations';
import { attentionPrelude, attentionShape, type LayerRows, type MapShape } from './attention';

/**
 * For every layer, row of a sequence and head (bias, gain): what is added to the scores of that key, and what
 * its weights are multiplied by after the softmax. [layers, length, heads, 2], (0, 1) for keys that nothing
 * is done to.
 */
export type KeyEdits = Float32Array;

/** Sequences of which some keys are edited; null leaves a sequence as it is. */
export interface Operation<Sequence> {
  readonly keys: EditedKeys;
  /** @param length of the sequence, in rows */
  readonly edits: (sequence: Sequence, length: number) => KeyEdits | null;
  /** Receives α of every key after the operation: [layers, length, heads]. */
  readonly onImportance?: (sequence: Sequence, importance: Float32Array<ArrayBuffer>) => void;
}

/** Where a sequence's rows begin in a pass, and how many it has. */
export interface RowSpan {
  readonly start: number;
  readonly length: number;
}

/** The spans of sequences that begin at these rows of a pass. */
export function spansOf({ starts, rows }: { readonly starts: readonly number[]; readonly rows: number }): RowSpan[] {
  return starts.map((start, sequence) => ({ start, length: (starts[sequence + 1] ?? rows) - start }));
}

/** Edits that change nothing: [layers, length, heads, 2]. */
export function noEdits({ layers, heads }: Pick<DecoderConfig, 'layers' | 'heads'>, length: number): KeyEdits {
  return Float32Array.from({ length: 2 * layers * length * heads }, (_, at) => at % 2);
}

export class EditedKeys {
  /** [layers, rows, heads] of (bias, gain), and of α: `rows` are those of the pass that is loaded. */
  private readonly edits: Tensor;
  readonly importance: Tensor;
  private rows = 0;

  /** @param capacity largest number of rows of a pass */
  constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
    capacity: number,
  ) {
    const { memory } = context;
    const size = config.layers * capacity * config.heads;
    this.edits = memory.tensor(2 * size, 'edits of keys');
    this.importance = memory.tensor(size, 'importance of keys');
  }

  /** Uploads what is done to the sequences of the pass that runs next. */
  load(rows: number, spans: readonly RowSpan[], edits: readonly (KeyEdits | null)[]): void {
    const { layers, heads } = this.config;
    this.rows = rows;
    const all = noEdits(this.config, rows);
    spans.forEach(({ start, length }, sequence) => {
      const own = edits[sequence];
      if (own === null || own === undefined) return;
      const width = 2 * length * heads;
      for (let layer = 0; layer < layers; layer++)
        all.set(own.subarray(layer * width, (layer + 1) * width), 2 * (layer * rows + start) * heads);
    });
    write(this.context.memory.device, this.edits, all);
  }

  /** block.qkv (after RoPE) → block.attention, block.logSumExp. */
  attend({ info, rows, layer }: LayerRows, { qkv, attention, logSumExp }: BlockActivations): void {
    const { config, context, edits } = this;
    context.recorder.dispatch({
      kernel: context.kernels.file('attention_edited', attentionPrelude('attention_edited', config.headSize)),
      storage: { rows_info: info, qkv, edits, o: attention, lse: logSumExp },
      params: { rows, ...attentionShape(config, layer), layer: this.first(layer) },
      threads: rows * config.heads,
    });
  }

  /** α of a block's keys, into `importance`. */
  measure({ info, rows, layer }: LayerRows, { qkv, logSumExp }: BlockActivations): void {
    const { config, context, edits, importance } = this;
    context.recorder.dispatch({
      kernel: context.kernels.file('importance_edited', attentionPrelude('importance_edited', config.headSize)),
      storage: { rows_info: info, qkv, lse: logSumExp, edits, importance },
      params: { rows, ...attentionShape(config, layer), layer: this.first(layer) },
      threads: rows * config.heads,
    });
  }

  /** As `Decoder.attentionMap`. */
  map({ qkv, logSumExp }: BlockActivations, { sequences, length, layer }: MapShape, map: Tensor): void {
    const { config, context, edits } = this;
    const { layers, heads } = config;
    context.recorder.dispatch({
      kernel: context.kernels.file('map_edited', attentionPrelude('map_edited', config.headSize)),
      storage: { qkv, lse: logSumExp, edits, map },
      params: { sequences, length, layer, layers, ...attentionShape(config, layer), edited: this.first(layer) },
      threads: sequences * heads * length * length,
    });
  }

  private first(layer: number): number {
    return layer * this.rows * this.config.heads;
  }
}

/**
 * α of one sequence [layers, length, heads] among what `EditedKeys.measure` wrote of a pass [layers, rows,
 * heads].
 */
export function importanceOf(
  read: Float32Array,
  { start, length }: RowSpan,
  { layers, heads, rows }: { readonly layers: number; readonly heads: number; readonly rows: number },
): Float32Array<ArrayBuffer> {
  const width = length * heads;
  const own = new Float32Array(layers * width);
  for (let layer = 0; layer < layers; layer++) {
    const from = (layer * rows + start) * heads;
    own.set(read.subarray(from, from + width), layer * width);
  }
  return own;
}
