/** Counts the pipelines that are compiled on a device. */
import type { Gpu } from '../gpu/device';

/**
 * A device under another identity, on which nothing is compiled yet, and the labels of what is compiled on
 * it.
 */
export class PipelineWatch {
  readonly gpu: Gpu;
  /** Compiled while the thread waited, and while it did not. */
  readonly waitedFor: string[] = [];
  readonly ahead: string[] = [];

  constructor(real: Gpu) {
    const { device } = real;
    const own: Readonly<Record<string, unknown>> = {
      createComputePipeline: (descriptor: GPUComputePipelineDescriptor) => {
        this.waitedFor.push(descriptor.label!);
        return device.createComputePipeline(descriptor);
      },
      createComputePipelineAsync: (descriptor: GPUComputePipelineDescriptor) => {
        this.ahead.push(descriptor.label!);
        return device.createComputePipelineAsync(descriptor);
      },
    };
    const stand = new Proxy(device, {
      get: (_, name) => {
        if (typeof name === 'string' && name in own) return own[name];
        const member: unknown = Reflect.get(device, name, device);
        return typeof member === 'function' ? (member.bind(device) as unknown) : member;
      },
    });
    this.gpu = { ...real, device: stand };
  }
}
