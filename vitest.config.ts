import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { recordedArmsPlugin } from './tools/recordedArmsPlugin.ts';
import { testFiles } from './tools/testFiles.ts';

const { pure, components, replacing, kernels, experiments, apart } = testFiles(import.meta.dirname);

/** Two processes. Loading modules again for each file takes longer than most tests. */
function onProcessor(
  name: string,
  include: readonly string[],
  groupOrder: number,
  isolate: boolean,
): TestProjectInlineConfiguration {
  return { extends: true, test: { name, include: [...include], isolate, maxWorkers: 2, sequence: { groupOrder } } };
}

/** Run before each file of a project. */
function withSetup({ test, ...project }: TestProjectInlineConfiguration, file: string): TestProjectInlineConfiguration {
  return { ...project, test: { ...test, setupFiles: [file] } };
}

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
    // Allows for software adapters on a busy machine; no test asserts a time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    setupFiles: ['src/testing/beforeEachFile.ts'],
    projects: [
      onProcessor('pure', pure, 0, false),
      withSetup(onProcessor('components', components, 1, false), 'src/testing/freshStores.ts'),
      onProcessor('replacing', replacing, 2, true),
      onDevice('kernels', kernels, 3),
      onDevice('experiments', experiments, 4),
      onDevice('apart', apart, 5, true),
    ],
  },
});
