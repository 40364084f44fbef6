/** A device on which one chosen call goes wrong, as calls do when memory runs out or a driver gives up. */
import type { Gpu } from '../gpu/device';

const FAULTY_CALLS = ['createBuffer', 'createComputePipeline', 'writeBuffer', 'mapAsync'] as const;
export type FaultyCall = (typeof FAULTY_CALLS)[number];

/** `invalid`: the device gives back something that does not work and says so later (a mapping is refused); `throws`: the call does not return. */
export type FaultyWay = 'invalid' | 'throws';

export interface Injection {
  readonly call: FaultyCall;
  readonly way: FaultyWay;
  /** Which of those calls, counted from 1. */
  readonly at: number;
}

const WAYS: readonly FaultyWay[] = ['invalid', 'throws'];

/** Every call of a run going wrong in every way. @param cold calls of a first run on a device, which compiles @param warm of a later one */
export function everyFault(cold: Readonly<Record<FaultyCall, number>>, warm: Readonly<Record<FaultyCall, number>>): Injection[] {
  return FAULTY_CALLS.flatMap((call) => {
    const count = (call === 'createComputePipeline' ? cold : warm)[call];
    return Array.from({ length: count }, (_, index) => WAYS.map((way) => ({ call, way, at: index + 1 }))).flat();
  });
}

export class InjectedError extends Error {
  constructor({ call, at }: Injection) {
    super(`injected: ${call} ${at}`);
    this.name = 'InjectedError';
  }
}

export class FaultyGpu {
  /** The same device under another name: kernels that others have compiled are compiled again. */
  readonly gpu: Gpu;
  private injection: Injection | null = null;
  private counts = zeroCounts();

  constructor(real: Gpu) {
    const { device } = real;
    const queue = standIn(device.queue, {
      writeBuffer: (buffer: GPUBuffer, offset: number, ...rest: readonly unknown[]) => {
        const invalid = this.next('writeBuffer') === 'invalid';
        const args = [buffer, invalid ? 256 * Math.ceil(buffer.size / 256 + 1) : offset, ...rest];
        device.queue.writeBuffer(...(args as Parameters<GPUQueue['writeBuffer']>));
      },
    });
    const stand = standIn(device, {
      queue,
      createBuffer: (descriptor: GPUBufferDescriptor) => this.watched(this.createBuffer(device, descriptor)),
      createComputePipeline: (descriptor: GPUComputePipelineDescriptor) => {
        if (this.next('createComputePipeline') !== 'invalid') return device.createComputePipeline(descriptor);
        return device.createComputePipeline({ ...descriptor, compute: { ...descriptor.compute, entryPoint: 'gone' } });
      },
    });
    this.gpu = { ...real, device: stand };
  }

  /** Counts calls anew; one of them will go wrong, unless it is null. */
  begin(injection: Injection | null): void {
    this.injection = injection;
    this.counts = zeroCounts();
  }

  /** Calls since `begin`. */
  get calls(): Readonly<Record<FaultyCall, number>> {
    return this.counts;
  }

  private createBuffer(device: GPUDevice, descriptor: GPUBufferDescriptor): GPUBuffer {
    if (this.next('createBuffer') !== 'invalid') return device.createBuffer(descriptor);
    // No buffer may be mapped both ways.
    return device.createBuffer({ ...descriptor, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE });
  }

  private watched(buffer: GPUBuffer): GPUBuffer {
    const map = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = (...args) => {
      if (this.next('mapAsync') === 'invalid') return Promise.reject(new InjectedError(this.injection!));
      return map(...args);
    };
    return buffer;
  }

  /** Counts a call, and says whether it is to be invalid. @throws InjectedError when it is to throw */
  private next(call: FaultyCall): 'invalid' | 'sound' {
    const count = ++this.counts[call];
    const { injection } = this;
    if (injection?.call !== call || injection.at !== count) return 'sound';
    if (injection.way === 'throws') throw new InjectedError(injection);
    return 'invalid';
  }
}

function zeroCounts(): Record<FaultyCall, number> {
  return { createBuffer: 0, createComputePipeline: 0, writeBuffer: 0, mapAsync: 0 };
}

/** An object in whose place others stand, with some members of their own; the rest are called on the object itself. */
function standIn<T extends object>(real: T, own: Readonly<Record<string, unknown>>): T {
  return new Proxy(real, {
    get: (_, name) => {
      if (typeof name === 'string' && name in own) return own[name];
      const member: unknown = Reflect.get(real, name, real);
      return typeof member === 'function' ? (member.bind(real) as unknown) : member;
    },
    set: (_, name, value) => {
      Object.assign(own, { [name]: value as unknown });
      return true;
    },
  });
}
