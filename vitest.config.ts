/** Which project a test file belongs to is in its name: see docs/architecture.md, Tests. */
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { sampleSeed } from './src/testing/seed.ts';
import { recordedArmsPlugin } from './tools/recordedArmsPlugin.ts';

// Printed once, before any test.
sampleSeed();

/**
 * Loading modules again for each file takes longer than most tests, so files share them unless a project
 * isolates them.
 */
function project(suffix: string, test: TestProjectInlineConfiguration['test'] = {}): TestProjectInlineConfiguration {
  const name = suffix === '' ? 'pure' : suffix.replace('.', '-');
  const include = [`{src,tools,tests,bench}/**/*${suffix === '' ? '' : `.${suffix}`}.test.{ts,tsx}`];
  return { extends: true, test: { name, include, isolate: false, maxWorkers: 2, ...test } };
}

/**
 * One process with one device: pipelines and ONNX Runtime are compiled once for all its files, unless each
 * has its own.
 */
const onDevice = {
  maxWorkers: 1,
  // V8 would spend minutes of two cores on optimising ONNX Runtime's 27 MB of WebAssembly, which runs for
  // seconds here.
  execArgv: ['--liftoff-only'],
};

export default defineConfig({
  plugins: [recordedArmsPlugin()],
  test: {
    // Allows for software adapters on a busy machine; no test asserts a time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    setupFiles: ['src/testing/beforeEachFile.ts'],
    projects: [
      project('', { exclude: [...configDefaults.exclude, '**/*.{dom,mock,gpu,mesa}.test.*'] }),
      project('dom', { environment: 'happy-dom', setupFiles: ['src/testing/freshStores.ts'], sequence: { groupOrder: 1 } }),
      project('mock', {
        exclude: [...configDefaults.exclude, '**/*.gpu.mock.test.*'],
        isolate: true,
        sequence: { groupOrder: 2 },
      }),
      project('gpu', { ...onDevice, sequence: { groupOrder: 3 } }),
      project('mesa', { ...onDevice, sequence: { groupOrder: 4 } }),
      project('gpu.mock', { ...onDevice, isolate: true, sequence: { groupOrder: 5 } }),
    ],
  },
});
