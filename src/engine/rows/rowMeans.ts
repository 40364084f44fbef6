/**
 * Means over runs of rows, computed on the GPU: hidden states stay where a model left them, and only their
 * means are read.
 */
import type { Gpu } from '../../gpu/device';
import { readFloats, view, write, type Tensor } from '../../gpu/tensor';
import type { StatePool, StateSpan } from '../../model/features';
import { owning, type Context } from '../context';
import { meanRows } from './rows';

/** Means read at a time. */
const MOST_MEANS = 4096;
/** Maximum number of spans per call. */
const MOST_SPANS = 256;

export class RowMeans implements StatePool<GPUBuffer> {
  private readonly spans: Tensor;
  private readonly means: Tensor;
  private readonly read: Float32Array[] = [];
  private waiting = 0;

  private constructor(
    private readonly context: Context,
    private readonly width: number,
  ) {
    const { memory } = context;
    this.spans = memory.tensor(4 * MOST_SPANS, 'spans');
    this.means = memory.tensor(MOST_MEANS * width, 'means');
  }

  static create(gpu: Gpu, width: number): RowMeans {
    return owning(gpu, (context) => new RowMeans(context, width));
  }

  /** @throws RangeError for more spans than a call may have. */
  async add(states: GPUBuffer, spans: readonly StateSpan[]): Promise<void> {
    if (spans.length > MOST_SPANS) throw new RangeError(`${spans.length} spans in a call that may have ${MOST_SPANS}`);
    if (this.waiting + spans.length > MOST_MEANS) await this.fetch();
    const { context, width } = this;
    const { memory, recorder } = context;
    const places = spans.flatMap(({ first, count }, i) => [first, count, this.waiting + i, 0]);
    write(memory.device, this.spans, Uint32Array.from(places));
    // A new ID, by which bind groups are cached, since the buffer differs in every call.
    const x = { ...view(this.means, 0, 1), buffer: states, size: states.size };
    meanRows(context, { rows: spans.length, size: width }, { x, span: this.spans, out: this.means });
    recorder.submit();
    this.waiting += spans.length;
  }

  async take(): Promise<Float32Array> {
    await this.fetch();
    const all = new Float32Array(this.read.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.read.splice(0)) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  destroy(): void {
    this.context.memory.destroy();
  }

  private async fetch(): Promise<void> {
    const [means] = await readFloats(this.context.memory, [{ tensor: this.means, elements: this.waiting * this.width }]);
    this.waiting = 0;
    this.read.push(means!);
  }
}
