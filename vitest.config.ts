import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'tools/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
    // One GPU device a process and two cores: files run one after the other.
    fileParallelism: false,
    // Software adapters on a busy machine; no test asserts a time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // V8 would spend minutes of two cores on optimising ONNX Runtime's 27 MB of WebAssembly, which runs for seconds here.
    execArgv: ['--liftoff-only'],
  },
});
