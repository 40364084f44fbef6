/** Runs all cases one after the other, wherever the contestants run. */
import type { DecoderConfig } from '../src/model/decoderConfig';
import { loadConfig } from '../src/model/loadModel';
import type { ModelSource } from '../src/model/source/modelSource';
import type { AdapterInfo } from '../src/record/runRecord';
import type { BenchCase } from './cases';
import { flopsOf } from './flops';
import { disturbance, loadProblem, NotIdleError, openCalibrator, type Spinners } from './idle';
import { contestants, type LibraryId } from './library';
import { peerVersions, type BenchReport, type CaseResult } from './report';
import { runCase, type Contestant } from './rounds';
import { SUITE, TINY_SUITE } from './suite';

export interface BenchOptions {
  readonly suite: 'full' | 'tiny';
  /** Prefixes of the IDs of the cases to run; empty runs all. */
  readonly only: readonly string[];
  readonly libraries: readonly LibraryId[];
  readonly repeats: number;
  /** Runs even if other programs use the machine. */
  readonly anyway: boolean;
  /** TFLOP/s of the card in f32, and its name, where given. */
  readonly peak: number | null;
  readonly card: string | null;
}

export interface Surroundings {
  readonly adapter: AdapterInfo;
  readonly runtime: string;
  readonly cores: number;
  readonly source: (model: string) => ModelSource;
  readonly open: (library: LibraryId) => Contestant;
  /** PyTorch's version, if it can be opened. */
  readonly torch: string | null;
  readonly openSpinners: () => Spinners;
  readonly onProgress: (message: string) => void;
  readonly onCase: (report: BenchReport) => void;
}

/** A GPU computes a product in less time than it takes to submit it, so a run submits this many there. */
const GPU_PRODUCTS = 20;

/**
 * Runs the cases that `options` select; `onCase` gets the report after each.
 * @throws RangeError when `only` names no case; NotIdleError before the first case if other programs use the
 * machine. Later ones end the run with the cases so far, the last of them marked.
 */
export async function runBenchmark(options: BenchOptions, surroundings: Surroundings): Promise<BenchReport> {
  const { adapter, runtime, cores, source, open, onProgress, onCase } = surroundings;
  const { libraries, repeats, anyway } = options;
  const chosen = chosenCases(options, adapter);
  const calibrator = openCalibrator(open('ours'), surroundings.openSpinners());
  try {
    const tiles = await calibrator.prepare();
    const cases: CaseResult[] = [];
    const report: BenchReport = {
      format: 'karma-bench-1',
      date: new Date().toISOString().slice(0, 10),
      card: options.card,
      adapter,
      runtime,
      cores,
      versions: { ...peerVersions(), ...(surroundings.torch !== null && { PyTorch: surroundings.torch }) },
      peak: options.peak,
      rounds: repeats,
      ...(tiles && { tiles }),
      cases,
    };
    let before = await calibrator.measure();
    for (const benchCase of chosen) {
      const load = loadProblem(before);
      if (load !== null && !anyway) {
        if (cases.length === 0) throw new NotIdleError(`The machine is not idle: ${load}.`);
        onProgress(`Stopped before ${benchCase.id}: ${load}.`);
        return report;
      }
      const times = benchCase.kind === 'matmul' && !adapter.fallback ? GPU_PRODUCTS : 1;
      const flops = flopsOf(benchCase, await shapeOfModel(benchCase, source));
      const taking = contestants(benchCase, libraries).filter((id) => id !== 'torch' || surroundings.torch !== null);
      const entries = [...(await runCase(benchCase, open, { libraries: taking, repeats, times, onProgress }))];
      const after = await calibrator.measure();
      cases.push({
        id: benchCase.id,
        flops: flops === null ? null : times * flops,
        calibrations: [before, after],
        disturbance: disturbance(before, after),
        entries,
      });
      onCase(report);
      before = after;
    }
    onProgress('Done.');
    return report;
  } finally {
    calibrator.close();
  }
}

/**
 * The cases whose IDs begin with one of `only`, or all, that the adapter can compute. On a software adapter a
 * long case needs more than its letter.
 * @throws RangeError if no case is named so
 */
export function chosenCases(
  { suite, only }: Pick<BenchOptions, 'suite' | 'only'>,
  { fallback: software, f16: half }: Pick<AdapterInfo, 'fallback' | 'f16'>,
): readonly BenchCase[] {
  const all = (suite === 'full' ? SUITE : TINY_SUITE).filter(({ f16 = false }) => half || !f16);
  const chosen = all.filter(({ id, long }) => {
    const named = only.filter((start) => id.startsWith(start));
    return software && long === true ? named.some((start) => start.length > 1) : only.length === 0 || named.length > 0;
  });
  if (chosen.length === 0) throw new RangeError(`no case is named so; there are ${all.map(({ id }) => id).join(', ')}`);
  return chosen;
}

async function shapeOfModel(benchCase: BenchCase, source: Surroundings['source']): Promise<DecoderConfig | undefined> {
  if (!('model' in benchCase) || typeof benchCase.model !== 'string') return undefined;
  return loadConfig(source(benchCase.model));
}
