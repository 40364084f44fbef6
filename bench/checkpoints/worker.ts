/** Runs the work in the browser, off the page's thread as in the app, with checkpoints in its private file system. */
import { prepareTiles } from '../../src/engine/gemm/prepareTiles';
import { openGpu } from '../../src/gpu/device';
import { readSampleLog } from '../../src/log/sample';
import { loadModel } from '../../src/model/loadModel';
import { ORT_WASM_URL } from '../../src/model/ortAssets';
import { configureOrt } from '../../src/model/ortSession';
import { httpSource } from '../../src/model/source/httpSource';
import { createTokenizer } from '../../src/model/tokenizer';
import { EMBEDDED_MODEL } from '../../src/recipe/runSpec';
import { PageFiles } from '../../src/runtime/pageFiles';
import { keptTuning } from '../../src/runtime/tuningStore';
import { memoryStore } from '../../src/storage/memoryStore';
import { opfsSlots } from '../../src/storage/opfsSlots';
import { TwoSlots } from '../../src/storage/twoSlots';
import { measureCheckpoints, type CheckpointMeasurement } from './work';

export type FromCheckpointWorker =
  | { readonly type: 'measured'; readonly adapter: string; readonly cases: readonly CheckpointMeasurement[] }
  | { readonly type: 'failed'; readonly message: string };

async function work(): Promise<FromCheckpointWorker> {
  const files = new PageFiles();
  files.baseUrl = `${location.origin}/public/`;
  const gpu = await openGpu(navigator.gpu, 'browser');
  await prepareTiles(gpu, keptTuning(await files.store));
  configureOrt({ wasmUrl: ORT_WASM_URL });
  const model = await loadModel(
    httpSource(`/models/${EMBEDDED_MODEL}`, memoryStore()),
    EMBEDDED_MODEL,
    () => undefined,
    createTokenizer,
  );
  const data = await readSampleLog(files.fetchBytes);
  const slots = await opfsSlots('karma-bench', 'run');
  if (slots === null) throw new Error('The browser has no private file system.');
  const bench = {
    ...{ gpu, model, data, profiled: () => false },
    certification: { certificate: null, uncertified: 'The benchmark checks no model.' },
    store: files.features('sample', EMBEDDED_MODEL),
  };
  const cases = await measureCheckpoints(bench, new TwoSlots(slots), (name) => {
    console.info(name);
  });
  const { description, device, architecture, vendor } = gpu.adapter;
  return { type: 'measured', adapter: description || device || architecture || vendor, cases };
}

work().then(
  (report) => {
    postMessage(report);
  },
  (error: unknown) => {
    postMessage({ type: 'failed', message: String(error) } satisfies FromCheckpointWorker);
  },
);
