/** A device on which one chosen call fails, as when memory runs out or a driver gives up. */
import type { Gpu } from '../gpu/device';

/** Pipelines count alike whether the device compiles them at once or later. */
const FAULTY_CALLS = ['createBuffer', 'createTexture', 'createComputePipeline', 'writeBuffer', 'mapAsync'] as const;
export type FaultyCall = (typeof FAULTY_CALLS)[number];

/**
 * `invalid`: the call returns an invalid object, and the error is reported later (a mapping is refused);
 * `throws`: the call throws.
 */
export type FaultyWay = 'invalid' | 'throws';

export interface Injection {
  readonly call: FaultyCall;
  readonly way: FaultyWay;
  /** Which of those calls, counted from 1. */
  readonly at: number;
}

const WAYS: readonly FaultyWay[] = ['invalid', 'throws'];

/**
 * Every call of a run failing in every way.
 * @param cold calls of the first run on a device, which compiles
 * @param warm calls of a later one
 */
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
  /** The same device under another identity, so that kernels compiled by others are compiled again. */
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
      // A texture must have a use.
      createTexture: (descriptor: GPUTextureDescriptor) =>
        device.createTexture(this.next('createTexture') === 'invalid' ? { ...descriptor, usage: 0 } : descriptor),
      createComputePipeline: (descriptor: GPUComputePipelineDescriptor) =>
        device.createComputePipeline(this.pipeline(descriptor)),
      createComputePipelineAsync: (descriptor: GPUComputePipelineDescriptor) =>
        device.createComputePipelineAsync(this.pipeline(descriptor)),
    });
    this.gpu = { ...real, device: stand };
  }

  /** Restarts the count of calls; one of them will fail, unless it is null. */
  begin(injection: Injection | null): void {
    this.injection = injection;
    this.counts = zeroCounts();
  }

  /** Calls since `begin`. */
  get calls(): Readonly<Record<FaultyCall, number>> {
    return this.counts;
  }

  private pipeline(descriptor: GPUComputePipelineDescriptor): GPUComputePipelineDescriptor {
    if (this.next('createComputePipeline') !== 'invalid') return descriptor;
    return { ...descriptor, compute: { ...descriptor.compute, entryPoint: 'gone' } };
  }

  private createBuffer(device: GPUDevice, descriptor: GPUBufferDescriptor): GPUBuffer {
    if (this.next('createBuffer') !== 'invalid') return device.createBuffer(descriptor);
    // A buffer must not be mappable for both reading and writing.
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

  /** Counts a call; returns whether it should be invalid. @throws InjectedError if it should throw */
  private next(call: FaultyCall): 'invalid' | 'sound' {
    const count = ++this.counts[call];
    const { injection } = this;
    if (injection?.call !== call || injection.at !== count) return 'sound';
    if (injection.way === 'throws') throw new InjectedError(injection);
    return 'invalid';
  }
}

function zeroCounts(): Record<FaultyCall, number> {
  return { createBuffer: 0, createTexture: 0, createComputePipeline: 0, writeBuffer: 0, mapAsync: 0 };
}

/** A proxy of an object with some members of its own; the others are called on the object itself. */
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
