/**
 * Sink statistics of every sequence of a pass, reduced on the GPU block by block; attention itself is never
 * stored.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { BlockActivations } from '../decoder/activations';
import { attentionPrelude, attentionShape } from '../decoder/attention';
import type { Context } from '../context';
import { fill } from '../rows/rows';
import type { PackedHistories } from '../decoder/sequence';
import { STATISTICS } from './measuredSequences';

/** Kinds of row, in the two low bits of its site. */
const SITE = { other: 0, item: 1, halfItem: 2 } as const;

export class SinkStatistics {
  /** `statistics` and `sinkHeads` of MeasuredSequences, to be read after the pass. */
  readonly outputs: { readonly statistics: Tensor; readonly sinkHeads: Tensor };
  private readonly sites: Tensor;
  private readonly spans: Tensor;
  private readonly mass: Tensor;
  private readonly received: Tensor;
  private rows = 0;
  private sequences = 0;

  /** @param threshold ε of the sink rate @param capacity maximum numbers of rows and sequences per pass */
  constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
    private readonly threshold: number,
    capacity: { readonly rows: number; readonly sequences: number },
  ) {
    const { memory } = context;
    const { layers, heads } = config;
    const { rows, sequences } = capacity;
    this.sites = memory.tensor(rows, 'sites of rows');
    this.spans = memory.tensor(4 * sequences, 'spans of sequences');
    this.mass = memory.tensor(rows * heads, 'attention on half the items');
    this.received = memory.tensor(4 * rows * heads, 'received attention');
    this.outputs = {
      statistics: memory.tensor(STATISTICS * layers * sequences * heads, 'sink statistics'),
      sinkHeads: memory.tensor(rows, 'heads with a sink'),
    };
  }

  /**
   * Uploads the positions of a pass's items and queues the clearing of its counts. Every history has an item,
   * and [EMB] is its last row.
   */
  begin(packed: PackedHistories): void {
    const { context, outputs } = this;
    const { rows, starts, itemPositions } = packed;
    this.rows = rows;
    this.sequences = starts.length;
    const sites = new Uint32Array(rows);
    const spans = starts.flatMap((start, sequence) => {
      const items = itemPositions[sequence]!.map((position) => start + position);
      const end = starts[sequence + 1] ?? rows;
      const half = items.slice(0, Math.ceil(items.length / 2));
      sites.fill(4 * sequence + SITE.other, start, end);
      for (const row of items) sites[row] = 4 * sequence + SITE.item;
      for (const row of half) sites[row] = 4 * sequence + SITE.halfItem;
      return [start, end, half.at(-1) ?? end, items.length];
    });
    write(context.memory.device, this.sites, sites);
    write(context.memory.device, this.spans, Uint32Array.from(spans));
    fill(context, outputs.sinkHeads, rows);
  }

  /** Queues the three passes over a block. Call from `afterBlock` of the decoder's forward pass. */
  addBlock({ qkv, logSumExp }: BlockActivations, layer: number): void {
    const { context, config, rows, sequences, sites, spans, mass, received, outputs } = this;
    const { heads, headSize } = config;
    const shape = attentionShape(config, layer);
    const shared = { sites, spans, qkv, lse: logSumExp, mass };
    const kernel = (name: 'sink_row_mass' | 'sink_received' | 'sink_statistics'): ReturnType<Context['kernels']['file']> =>
      context.kernels.file(name, attentionPrelude(name, headSize));
    context.recorder.dispatch({
      kernel: kernel('sink_row_mass'),
      storage: shared,
      params: { rows, ...shape },
      threads: rows * heads,
    });
    context.recorder.dispatch({
      kernel: kernel('sink_received'),
      storage: { ...shared, received, sink_heads: outputs.sinkHeads },
      params: { rows, ...shape, threshold: this.threshold },
      threads: rows * heads,
    });
    context.recorder.dispatch({
      kernel: kernel('sink_statistics'),
      storage: { ...shared, received, statistics: outputs.statistics },
      params: { sequences, layer, ...shape },
      threads: sequences * heads,
    });
  }
}
