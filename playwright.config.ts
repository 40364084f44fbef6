import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, installedChromium } from './src/cli/browserRun';
import { shellOrChromium, WINDOW } from './e2e/support/browsers';
import { LIFTOFF } from './e2e/support/liftoff';
import { ENGINE_PORT, PAGE_PORT } from './e2e/support/ports';
import { sampleSeed } from './src/testing/seed';

// Printed once, before any test.
sampleSeed();

const browser = (executablePath: string | undefined, args: readonly string[]) => ({
  launchOptions: { args: [...args, LIFTOFF], ...(executablePath === undefined ? {} : { executablePath }) },
});
const window = new RegExp(WINDOW);
const vite = 'node node_modules/vite/bin/vite.js';

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/page',
  // A software adapter leaves one of two cores idle much of the time. A second try would only hide what is
  // slow or flaky.
  workers: 2,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: {
    baseURL: `http://127.0.0.1:${PAGE_PORT}/`,
    viewport: { width: 1440, height: 900 },
    // An action that cannot be done says so long before its test ends.
    actionTimeout: 60_000,
    screenshot: 'only-on-failure',
    // A recorded run plays automatically at first, unless reduced motion is preferred; opening.spec.ts lets
    // it.
    contextOptions: { reducedMotion: 'reduce' },
    // Each test would fetch the whole build once more to cache it; offline.spec.ts allows that.
    serviceWorkers: 'block',
  },
  projects: [
    // One file, which one worker runs: first, so that another need not wait for it at the end.
    {
      name: 'no webgpu',
      testMatch: /noWebGpu/,
      use: browser(shellOrChromium(), ['--disable-features=WebGPU', '--disable-quic']),
    },
    { name: 'window', grep: window, use: browser(installedChromium(), CHROMIUM_FLAGS) },
    { name: 'webgpu', grepInvert: window, testIgnore: /noWebGpu/, use: browser(shellOrChromium(), CHROMIUM_FLAGS) },
  ],
  webServer: [
    { command: `${vite} preview --config e2e/pageServer.config.ts --port ${PAGE_PORT} --strictPort`, port: PAGE_PORT },
    { command: `${vite} --config e2e/engine/vite.config.ts --port ${ENGINE_PORT} --strictPort`, port: ENGINE_PORT },
  ],
});
