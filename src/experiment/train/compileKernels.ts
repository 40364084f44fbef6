/** Kernels are compiled ahead, while the processor prepares what they will compute on. */
import type { CheckedShape } from '../../engine/gemm/checkedProducts';
import { KernelCache } from '../../gpu/kernel';
import type { PreparedRun, ReportProgress } from '../prepare/preparedRun';
import { rehearse, RUN_PARTS, type RunPart } from './rehearsal';
import { t } from '../../words/words';

/**
 * Resolves when the kernels of a part of the run are compiled. One that failed is compiled again when it is
 * needed.
 */
export type KernelsReady = (part: RunPart) => Promise<void>;

/** Starts compiling; does not wait for it. @throws RangeError as `Engine.allocate` does */
export async function compileKernels(
  run: Omit<PreparedRun, 'features'>,
  progress: ReportProgress,
): Promise<{ readonly compiled: KernelsReady; readonly products: readonly CheckedShape[] }> {
  const { kernels: asked, products } = await rehearse(run);
  const kernels = KernelCache.of(run.gpu.device);
  const parts = new Map<RunPart, Promise<void>>();
  // Part after part, so that those needed first are compiled first.
  let before = Promise.resolve();
  for (const part of RUN_PARTS) {
    before = before.then(() => kernels.prepare(asked[part]));
    parts.set(part, before);
  }
  const compiled: KernelsReady = async (part) => {
    const left = kernels.missing(asked[part]);
    if (left > 0) progress('compile', t('{n, plural, one {# kernel} other {# kernels}} to go', { n: left }));
    await parts.get(part);
  };
  return { compiled, products };
}
