import { defineConfig } from 'vitest/config';
import { testFiles } from './tools/testFiles.ts';

const { pure, gpu, apart } = testFiles(import.meta.dirname);
/** V8 would spend minutes of two cores on optimising ONNX Runtime's 27 MB of WebAssembly, which runs for seconds here. */
const execArgv = ['--liftoff-only'];

export default defineConfig({
  test: {
    // Software adapters on a busy machine; no test asserts a time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    projects: [
      { extends: true, test: { name: 'pure', include: [...pure], maxWorkers: 2, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        // One process with one device: pipelines and ONNX Runtime are compiled once for all files.
        test: { name: 'gpu', include: [...gpu], execArgv, isolate: false, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'gpu apart', include: [...apart], execArgv, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
