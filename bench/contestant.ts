/**
 * One library on one case, in its own realm (worker or process), so that nothing it holds affects another.
 */
import type { TimedTile } from '../src/engine/gemm/ratings';
import { openGpu } from '../src/gpu/device';
import type { OrtSettings } from '../src/model/ortSession';
import type { ModelSource } from '../src/model/source/modelSource';
import type { AdapterInfo } from '../src/record/runRecord';
import type { BenchCase } from './cases';
import { watchGpuMemory } from './gpuMemory';
import {
  attentionInputs,
  blockInputs,
  crossEntropyInputs,
  matmulInputs,
  stepInputs,
  tokenInputs,
  type ExperimentInputs,
} from './inputs';
import type { Library, LibraryId, Outcome, Work } from './library';

/** Requests to a contestant, one at a time. */
export type Request =
  | { readonly type: 'prepare'; readonly library: LibraryId; readonly benchCase: BenchCase; readonly times: number }
  | { readonly type: 'run' }
  | { readonly type: 'outcome' };

export type Reply =
  | { readonly type: 'prepared'; readonly tiles?: readonly TimedTile[] }
  | { readonly type: 'ran'; readonly ms: number; readonly cpuMs: number | null; readonly peakBytes: number | null }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly message: string };

/** The realm of a contestant. `navigator.gpu` must exist, since peers look for it themselves. */
export interface Realm {
  readonly runtime: AdapterInfo['runtime'];
  /** Location of a model's files. */
  readonly source: (model: string) => ModelSource;
  readonly asset: ExperimentInputs['asset'];
  readonly ort: OrtSettings;
  /** Processor time of all threads so far, where it can be told. */
  readonly cpuMs?: () => number;
}

/** Answers requests. A failure is also an answer. */
export function contestantIn(realm: Realm): (request: Request) => Promise<Reply> {
  const memory = watchGpuMemory();
  const opened = new Map<LibraryId, Promise<Library>>();
  const open = (id: LibraryId): Promise<Library> => {
    if (!opened.has(id)) opened.set(id, openLibrary(id, realm));
    return opened.get(id)!;
  };
  let work: Work | null = null;
  const answer = async (request: Request): Promise<Reply> => {
    if (request.type === 'prepare') {
      const library = await open(request.library);
      work = await prepare(library, request.benchCase, request.times, realm);
      return { type: 'prepared', ...(library.tiles && { tiles: library.tiles }) };
    }
    if (work === null) throw new Error('nothing is prepared');
    if (request.type === 'outcome') return { type: 'outcome', outcome: await work.outcome() };
    const [start, used] = [performance.now(), realm.cpuMs?.() ?? null];
    await work.run();
    const ms = performance.now() - start;
    // A library that computes on the processors creates no buffers.
    const peakBytes = memory.peakBytes === 0 ? null : memory.peakBytes;
    return { type: 'ran', ms, cpuMs: used === null ? null : realm.cpuMs!() - used, peakBytes };
  };
  return (request) =>
    answer(request).catch((error: unknown) => ({
      type: 'failed',
      message: error instanceof Error ? error.message : String(error),
    }));
}

/** Opens a library on its own device. Only that library is loaded. */
export async function openLibrary(id: LibraryId, { runtime, ort }: Pick<Realm, 'runtime' | 'ort'>): Promise<Library> {
  switch (id) {
    case 'ours':
      return (await import('./peers/ours/library')).openOurs(await openGpu(navigator.gpu, runtime), ort);
    case 'jax':
      return (await import('./peers/jax/library')).openJax();
    case 'tensorflow':
      return (await import('./peers/tensorflow/library')).openTensorflow();
    case 'onnx':
      return (await import('./peers/onnx/library')).openOnnx(await openGpu(navigator.gpu, runtime), ort);
    case 'torch':
      throw new Error('PyTorch runs in a process of its own');
  }
}

/**
 * Generates a case's inputs and lets a library prepare its work on them.
 * @throws Error if it cannot do such work
 */
export async function prepare(
  library: Library,
  benchCase: BenchCase,
  times: number,
  { source, asset }: Pick<Realm, 'source' | 'asset'>,
): Promise<Work> {
  const work = await ((): Promise<Work> | undefined => {
    switch (benchCase.kind) {
      case 'matmul':
        return library.matmul?.(benchCase, matmulInputs(benchCase), times);
      case 'block':
        return library.block?.(benchCase, blockInputs(benchCase));
      case 'crossEntropy':
        return library.crossEntropy?.(benchCase, crossEntropyInputs(benchCase));
      case 'step':
        return library.step && stepInputs(benchCase, source).then((inputs) => library.step!(benchCase, inputs));
      case 'attention':
        return library.attention?.(benchCase, attentionInputs(benchCase));
      case 'embed':
        return library.embed && tokenInputs(benchCase, source).then((inputs) => library.embed!(benchCase, inputs));
      case 'generate':
        return library.generate && tokenInputs(benchCase, source).then((inputs) => library.generate!(benchCase, inputs));
      case 'experiment':
        return library.experiment?.(benchCase, { source, asset });
    }
  })();
  if (work === undefined) throw new Error(`this library does no ${benchCase.kind}`);
  return work;
}
