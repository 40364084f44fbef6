/** Kernels are compiled ahead, while the processor prepares what they will compute on. */
import type { CheckedShape } from '../../engine/gemm/checkedProducts';
import { KernelCache } from '../../gpu/kernel';
import type { PreparedRun, ReportProgress } from '../prepare/preparedRun';
import { rehearse } from './rehearsal';
import { t } from '../../words/words';

/** What a run will compute with. */
export interface ComingKernels {
  /** Resolves when all kernels are compiled. One that failed is compiled again when it is needed. */
  readonly compiled: () => Promise<void>;
  readonly products: readonly CheckedShape[];
}

/** Starts compiling; does not wait for it. @throws RangeError as `Engine.allocate` does */
export async function compileKernels(run: Omit<PreparedRun, 'features'>, progress: ReportProgress): Promise<ComingKernels> {
  const { kernels: asked, products } = await rehearse(run);
  const kernels = KernelCache.of(run.gpu.device);
  const coming = kernels.prepare(asked);
  const compiled = async (): Promise<void> => {
    const left = kernels.missing(asked);
    if (left > 0) progress('compile', t('{n, plural, one {# kernel} other {# kernels}} to go', { n: left }));
    await coming;
  };
  return { compiled, products };
}
