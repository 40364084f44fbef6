/**
 * Faults of a device. WebGPU reports them later and elsewhere, and goes on computing: where a buffer could
 * not be allocated, every kernel that touches it does nothing, and the zeros of the remaining buffers are
 * read back. So everything that is created on a device is created in error scopes, errors that no scope has
 * caught count as well, and no number leaves the device before all of it is known to have succeeded.
 */
import { MEMORY_GROUPS, type MemoryGroup } from '../record/memoryPlan';
import { t } from '../words/words';
import { Answers } from './answers';

export type FaultKind = 'out-of-memory' | 'validation' | 'internal';

/** What was being created or executed. */
export type FaultSubject =
  | {
      readonly what: 'buffer';
      readonly label: string;
      readonly bytes: number;
      readonly group: MemoryGroup;
      readonly groupBytes: () => number;
    }
  | { readonly what: 'kernel'; readonly name: string }
  | { readonly what: 'commands' };

/** Thrown instead of the numbers that a faulty device would have given. */
export class GpuFaultError extends Error {
  constructor(
    message: string,
    readonly kind: FaultKind,
    readonly subject: FaultSubject,
    /** The device's message. */
    readonly detail: string,
  ) {
    super(message);
    this.name = 'GpuFaultError';
  }
}

interface Fault {
  readonly kind: FaultKind;
  readonly subject: FaultSubject;
  readonly detail: string;
}

const FILTERS: readonly FaultKind[] = ['validation', 'out-of-memory', 'internal'];

const logs = new WeakMap<GPUDevice, FaultLog>();

/** All faults of one device, in the order in which they were reported. */
export class FaultLog {
  private readonly faults: Fault[] = [];
  private readonly pending = new Set<Promise<void>>();
  private reads = 0;
  /** How long the device takes, and whether it still answers. */
  readonly answers = new Answers();

  private constructor(private readonly device: GPUDevice) {
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.faults.push({ kind: kindOf(event.error), subject: { what: 'commands' }, detail: event.error.message });
    });
  }

  static of(device: GPUDevice): FaultLog {
    const known = logs.get(device);
    if (known !== undefined) return known;
    const made = new FaultLog(device);
    logs.set(device, made);
    return made;
  }

  /** Faults from now on. */
  watch(): FaultWatch {
    return new FaultWatch(this, this.faults.length);
  }

  /** What the device has not answered: reads of its memory, and questions whether something succeeded. */
  get unanswered(): { readonly reads: number; readonly scopes: number } {
    return { reads: this.reads, scopes: this.pending.size };
  }

  /** Counts a read until it ends. */
  async counted<T>(read: () => Promise<T>): Promise<T> {
    this.reads++;
    const answered = this.answers.ask();
    try {
      return await read();
    } finally {
      this.reads--;
      answered();
    }
  }

  /** Runs `make` in error scopes. @param onFault called when one of them has caught something */
  guard<T>(subject: FaultSubject, make: () => T, onFault?: () => void): T {
    for (const filter of FILTERS) this.device.pushErrorScope(filter);
    try {
      return make();
    } finally {
      for (const kind of FILTERS.toReversed()) this.await(subject, kind, onFault);
    }
  }

  /** Runs `make`, whose errors are no faults: nothing depends on what it makes. */
  unheard<T>(make: () => T): T {
    for (const filter of FILTERS) this.device.pushErrorScope(filter);
    try {
      return make();
    } finally {
      for (const _ of FILTERS) void this.device.popErrorScope().catch(() => undefined);
    }
  }

  /** The first fault after the first `since`, once everything begun is known to have succeeded or failed. */
  async first(since: number): Promise<Fault | null> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    return this.faults[since] ?? null;
  }

  private await(subject: FaultSubject, kind: FaultKind, onFault?: () => void): void {
    const answered = this.answers.ask(subject.what === 'kernel');
    const outcome = this.device.popErrorScope().then(
      (error) => {
        if (error === null) return;
        this.faults.push({ kind, subject, detail: error.message });
        onFault?.();
      },
      // A lost device has no scopes left; reads from it report the loss.
      () => undefined,
    );
    const done = outcome.finally(() => {
      answered();
      this.pending.delete(done);
    });
    this.pending.add(done);
  }
}

/** The faults of a device from some moment on, on which a run, or the owner of some buffers, must fail. */
export class FaultWatch {
  constructor(
    private readonly log: FaultLog,
    private readonly since: number,
  ) {}

  /** Waits until everything begun is known to have succeeded. @throws GpuFaultError */
  async settled(): Promise<void> {
    const fault = await this.log.first(this.since);
    if (fault !== null) throw new GpuFaultError(wordsOf(fault), fault.kind, fault.subject, fault.detail);
  }

  /**
   * The result of `read`, once it is known to be what the device computed.
   * @throws GpuFaultError before whatever `read` throws
   */
  async trust<T>(read: () => Promise<T>): Promise<T> {
    try {
      const value = await this.log.counted(read);
      await this.settled();
      return value;
    } catch (error) {
      // The fault is why reading failed, and says more.
      await this.settled();
      throw error;
    }
  }
}

function kindOf(error: GPUError): FaultKind {
  if (typeof GPUOutOfMemoryError !== 'undefined' && error instanceof GPUOutOfMemoryError) return 'out-of-memory';
  return typeof GPUInternalError !== 'undefined' && error instanceof GPUInternalError ? 'internal' : 'validation';
}

function wordsOf({ kind, subject }: Fault): string {
  switch (subject.what) {
    case 'buffer': {
      const size = t('{bytes} of {groupBytes}', { bytes: bytesText(subject.bytes), groupBytes: bytesText(subject.groupBytes()) });
      return kind === 'out-of-memory'
        ? t('The GPU ran out of memory for {group}: {size}.', { group: t(MEMORY_GROUPS[subject.group]), size })
        : t('The GPU refused memory for {group}: {size}.', { group: t(MEMORY_GROUPS[subject.group]), size });
    }
    case 'kernel':
      return t('The GPU could not compile the kernel {name}.', { name: subject.name });
    case 'commands':
      return kind === 'out-of-memory'
        ? t('The GPU ran out of memory while it computed.')
        : t('The GPU reported an error while it computed.');
  }
}

function bytesText(bytes: number): string {
  if (bytes < 1e3) return `${bytes} bytes`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} KB`;
  return bytes < 1e10
    ? `${bytes < 1e7 ? (bytes / 1e6).toFixed(1) : Math.round(bytes / 1e6)} MB`
    : `${Math.round(bytes / 1e9)} GB`;
}
