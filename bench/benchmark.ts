/** Runs all cases one after the other, wherever the contestants run. */
import type { DecoderConfig } from '../src/model/decoderConfig';
import { loadConfig } from '../src/model/loadModel';
import type { ModelSource } from '../src/model/source/modelSource';
import type { AdapterInfo } from '../src/record/runRecord';
import type { BenchCase } from './cases';
import { flopsOf } from './flops';
import type { LibraryId } from './library';
import { peerVersions, SOFTWARE_NOTE, type BenchReport } from './report';
import { runCase, type CaseResult, type Contestant } from './rounds';
import { SUITE, TINY_SUITE } from './suite';

export interface BenchOptions {
  readonly suite: 'full' | 'tiny';
  /** Prefixes of the IDs of the cases to run; empty runs all. */
  readonly only: readonly string[];
  readonly repeats: number;
}

export interface Surroundings {
  readonly adapter: AdapterInfo;
  readonly runtime: string;
  readonly source: (model: string) => ModelSource;
  readonly open: (library: LibraryId) => Contestant;
  readonly onProgress: (message: string) => void;
  readonly onCase: (report: BenchReport) => void;
}

/** A GPU computes a product in less time than it takes to submit it, so a run submits this many there. */
const GPU_PRODUCTS = 20;

/** Runs the cases that `options` select; `onCase` gets the report after each. @throws Error when `only` names no case. */
export async function runBenchmark(options: BenchOptions, surroundings: Surroundings): Promise<BenchReport> {
  const { adapter, runtime, source, open, onProgress, onCase } = surroundings;
  const { repeats } = options;
  const suite = options.suite === 'full' ? SUITE : TINY_SUITE;
  const chosen = suite.filter(({ id }) => options.only.length === 0 || options.only.some((start) => id.startsWith(start)));
  if (chosen.length === 0) throw new Error(`no case is named so; there are ${suite.map(({ id }) => id).join(', ')}`);
  const cases: CaseResult[] = [];
  const report: BenchReport = {
    date: new Date().toISOString().slice(0, 10),
    adapter,
    runtime,
    versions: peerVersions(),
    note: adapter.fallback ? SOFTWARE_NOTE : null,
    repeats,
    cases,
  };
  for (const benchCase of chosen) {
    const times = benchCase.kind === 'matmul' && !adapter.fallback ? GPU_PRODUCTS : 1;
    const flops = times * flopsOf(benchCase, await shapeOfModel(benchCase, source));
    cases.push({ id: benchCase.id, flops, entries: await runCase(benchCase, open, { repeats, times, onProgress }) });
    onCase(report);
  }
  return report;
}

async function shapeOfModel(benchCase: BenchCase, source: Surroundings['source']): Promise<DecoderConfig | undefined> {
  if (benchCase.kind !== 'step' || typeof benchCase.model !== 'string') return undefined;
  return loadConfig(source(benchCase.model));
}
