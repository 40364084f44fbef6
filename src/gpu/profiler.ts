/**
 * GPU time of what a recorder submits, from timestamp queries: each run of one kernel in one scope gets a
 * compute pass of its own, with a timestamp at its beginning and end. Implementations coarsen the clock
 * (`resolution`); differences remain correct on average, so times should be averaged over many passes.
 */
import { completion } from './completion';
import type { Memory } from './tensor';

/** Maximum number of queries in a set under WebGPU's limits: two per pass. */
const SET_QUERIES = 4096;
const QUERY_BYTES = 8;

/** Dispatches of one kernel that ran in one pass. */
export interface KernelRun {
  /** Scopes in which it was recorded, outermost first. */
  readonly path: readonly string[];
  readonly kernel: string;
  readonly dispatches: number;
  /** Floating-point operations of its matrix products; 0 for other kernels. */
  readonly flops: number;
}

export interface TimedRun extends KernelRun {
  /** Milliseconds. */
  readonly ms: number;
}

export interface Timings {
  readonly runs: readonly TimedRun[];
  /**
   * Largest step, in milliseconds, of which every timestamp read so far is a multiple; 0 before the first.
   */
  readonly resolution: number;
}

/** A query set with the buffers that its timestamps are copied through. */
interface Page {
  readonly queries: GPUQuerySet;
  readonly resolved: GPUBuffer;
  readonly readback: GPUBuffer;
  readonly runs: KernelRun[];
}

/** Whether a device can time its passes. */
export function canProfile(device: GPUDevice): boolean {
  return device.features.has('timestamp-query');
}

export class Profiler {
  private readonly idle: Page[] = [];
  /** Pages of the encoder that is being filled, then those submitted and not yet read. */
  private open: Page[] = [];
  private sent: Page[] = [];
  /** Nanoseconds. */
  private divisor = 0n;

  /**
   * @param capacity maximum number of queries in a set
   * @throws Error on a device without timestamp queries (see `canProfile`).
   */
  constructor(
    private readonly memory: Memory,
    private readonly capacity = SET_QUERIES,
  ) {
    if (!canProfile(memory.device)) throw new Error('this device has no timestamp queries');
  }

  /** The timestamps of the pass that executes `run`; passes are encoded in the order of these calls. */
  timestamps(run: KernelRun): GPUComputePassTimestampWrites {
    let page = this.open.at(-1);
    if (page === undefined || 2 * page.runs.length === this.capacity) {
      page = this.idle.pop() ?? this.newPage();
      this.open.push(page);
    }
    const first = 2 * page.runs.length;
    page.runs.push(run);
    return { querySet: page.queries, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 };
  }

  /** Queues the copies of an encoder's timestamps; call after its last pass. */
  resolve(encoder: GPUCommandEncoder): void {
    for (const { queries, resolved, readback, runs } of this.open) {
      encoder.resolveQuerySet(queries, 0, 2 * runs.length, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readback, 0, 2 * QUERY_BYTES * runs.length);
    }
    this.sent.push(...this.open);
    this.open = [];
  }

  /** Waits for everything submitted since the last call, and returns its times in the order of execution. */
  async read(): Promise<Timings> {
    const pages = this.sent;
    this.sent = [];
    const runs: TimedRun[] = [];
    for (const page of pages) {
      const stamps = await readStamps(this.memory.device, page);
      page.runs.forEach((run, index) => {
        const [begin, end] = [stamps[2 * index]!, stamps[2 * index + 1]!];
        // If the clock was reset in between, there is no time.
        runs.push({ ...run, ms: end > begin ? Number(end - begin) / 1e6 : 0 });
      });
      for (const stamp of stamps) this.divisor = greatestCommonDivisor(this.divisor, stamp);
      page.runs.length = 0;
      this.idle.push(page);
    }
    return { runs, resolution: Number(this.divisor) / 1e6 };
  }

  private newPage(): Page {
    const { memory, capacity } = this;
    const size = QUERY_BYTES * capacity;
    return {
      queries: memory.querySet({ type: 'timestamp', count: capacity, label: 'timestamps' }),
      resolved: memory.buffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC, label: 'timestamps' }),
      readback: memory.buffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST, label: 'timestamps read back' }),
      runs: [],
    };
  }
}

async function readStamps(device: GPUDevice, { readback, runs }: Page): Promise<BigUint64Array> {
  const bytes = 2 * QUERY_BYTES * runs.length;
  await completion(device, readback.mapAsync(GPUMapMode.READ, 0, bytes));
  const stamps = new BigUint64Array(readback.getMappedRange(0, bytes).slice(0));
  readback.unmap();
  return stamps;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
