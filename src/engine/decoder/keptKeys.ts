/**
 * Keys and values of rows whose sequences grow, so that a text is continued by one row a token instead of
 * being read again.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import { vectorPrelude, vectorWidth, inMemoryGroup, type Context } from '../context';
import type { BlockActivations } from './activations';
import { attentionPrelude, attentionShape, type LayerRows } from './attention';

/** Floats that a row keeps in one layer. */
function keptWidth({ kvHeads, headSize }: Pick<DecoderConfig, 'kvHeads' | 'headSize'>): number {
  return 2 * kvHeads * headSize;
}

export class KeptKeys {
  private readonly places: Tensor;
  /** [layers, capacity, kept width]. */
  private readonly kept: Tensor;

  /** @param capacity number of rows that can be kept, of all sequences together */
  constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
    readonly capacity: number,
  ) {
    const { memory } = inMemoryGroup(context, 'evaluation');
    this.places = memory.tensor(capacity, 'places of kept keys');
    this.kept = memory.tensor(config.layers * capacity * keptWidth(config), 'kept keys and values');
  }

  /**
   * Says where the rows of the next pass are kept: those of a sequence one after another.
   * @throws RangeError beyond the capacity
   */
  load(places: Uint32Array<ArrayBuffer>): void {
    if (places.some((place) => place >= this.capacity))
      throw new RangeError(`more rows than the ${this.capacity} that can be kept`);
    write(this.context.memory.device, this.places, places);
  }

  /** Keeps a layer's keys and values of the rows of a pass. */
  keep({ rows, layer }: LayerRows, { qkv }: Pick<BlockActivations, 'qkv'>): void {
    const { kernels, recorder } = this.context;
    const { heads, kvHeads, headSize } = this.config;
    recorder.dispatch({
      kernel: kernels.file('keep_keys_values', vectorPrelude(headSize, { HD: headSize / vectorWidth(headSize) })),
      storage: { places: this.places, qkv, kept: this.kept },
      params: { rows, heads, kv_heads: kvHeads, first: layer * this.capacity },
      threads: (rows * keptWidth(this.config)) / vectorWidth(headSize),
    });
  }

  /**
   * Attention of rows that are each the newest of a sequence, once they are kept: block.qkv (after RoPE) →
   * block.attention.
   */
  attend({ info, rows, layer }: LayerRows, { qkv, attention }: Pick<BlockActivations, 'qkv' | 'attention'>): void {
    const { kernels, recorder } = this.context;
    const { heads, headSize } = this.config;
    recorder.dispatch({
      kernel: kernels.file('attention_newest', attentionPrelude('attention_newest', headSize)),
      storage: { rows_info: info, places: this.places, qkv, kept: this.kept, o: attention },
      params: { rows, ...attentionShape(this.config, layer), first_place: layer * this.capacity },
      threads: rows * heads,
    });
  }
}
