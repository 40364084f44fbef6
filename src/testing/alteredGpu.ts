/** A device that computes something else than its kernels say, and reports no error. */
import type { Gpu } from '../gpu/device';

/**
 * A stand-in for a device, whose kernels are compiled from what `alter` makes of their sources. It is another
 * device to all that is kept of one.
 */
export function alteredGpu(real: Gpu, alter: (code: string, name: string) => string): Gpu {
  const { device } = real;
  const createShaderModule = ({ code, label = '' }: GPUShaderModuleDescriptor): GPUShaderModule =>
    device.createShaderModule({ code: alter(code, label), label });
  const stand = new Proxy(device, {
    get: (_, name) => {
      if (name === 'createShaderModule') return createShaderModule;
      const member: unknown = Reflect.get(device, name, device);
      return typeof member === 'function' ? (member.bind(device) as unknown) : member;
    },
  });
  return { ...real, device: stand };
}
