/** Stage 3: kernels are compiled from here on, while the model's certificate is made and the stages that follow compute. */
import { KernelCache } from '../../gpu/kernel';
import type { Certification } from '../../record/runRecord';
import { rehearse, RUN_PARTS, type RunPart } from '../train/rehearsal';
import type { MemoryContext } from './memory';
import { t } from '../../words/words';

export interface KernelsContext extends MemoryContext {
  /** Resolves when the kernels of a part of the run are compiled. One that failed is a fault of the device: the next read throws it. */
  readonly compiled: (part: RunPart) => Promise<void>;
  readonly certification: Certification;
}

/** @throws RangeError as `Engine.allocate` does, and what the certificate throws */
export async function compileKernels(context: MemoryContext): Promise<KernelsContext> {
  const { inputs, data, spec, width, progress } = context;
  const asked = await rehearse({ gpu: inputs.gpu, model: inputs.model, data, spec, width });
  const kernels = KernelCache.of(inputs.gpu.device);
  const parts = new Map<RunPart, Promise<void>>();
  // Part after part, so that those needed first are compiled first.
  let before = Promise.resolve();
  for (const part of RUN_PARTS) {
    before = before.then(() => kernels.prepare(asked[part]));
    parts.set(part, before);
  }
  const compiled = async (part: RunPart): Promise<void> => {
    const left = kernels.missing(asked[part]);
    if (left > 0) progress('compile', t('{n, plural, one {# kernel} other {# kernels}} to go', { n: left }));
    await parts.get(part);
  };
  const { certification } = inputs;
  return { ...context, compiled, certification: typeof certification === 'function' ? await certification() : certification };
}
