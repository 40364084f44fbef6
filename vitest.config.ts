import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { recordedArmsPlugin } from './tools/recordedArmsPlugin.ts';
import { testFiles } from './tools/testFiles.ts';

const { pure, kernels, experiments, apart } = testFiles(import.meta.dirname);

/** One process with one device: pipelines and ONNX Runtime are compiled once for all its files, unless each has its own. */
function onDevice(name: string, include: readonly string[], groupOrder: number, isolate = false): TestProjectInlineConfiguration {
  // V8 would spend minutes of two cores on optimising ONNX Runtime's 27 MB of WebAssembly, which runs for seconds here.
  const execArgv = ['--liftoff-only'];
  return {
    extends: true,
    test: { name, include: [...include], execArgv, isolate, maxWorkers: 1, sequence: { groupOrder } },
  };
}

export default defineConfig({
  plugins: [recordedArmsPlugin()],
  test: {
    // Software adapters on a busy machine; no test asserts a time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    projects: [
      { extends: true, test: { name: 'pure', include: [...pure], maxWorkers: 2, sequence: { groupOrder: 0 } } },
      onDevice('kernels', kernels, 1),
      onDevice('experiments', experiments, 2),
      onDevice('apart', apart, 3, true),
    ],
  },
});
