import type { Page } from '@playwright/test';
import { ENGINE_PORT } from './support/ports';
import { READS } from '../src/gpu/readAhead';
import { expect, test } from './support/playground';
import { workerReport } from './support/workerReport';

/** The report of onnxRuntime.worker.ts; its keys are self-explanatory. */
interface Report {
  readonly error?: string;
  readonly generated: readonly string[];
  readonly 'webgpu against wasm': { readonly passed: boolean; readonly maxRelative: number };
  readonly 'own copy of a gpu-buffer against wasm': { readonly passed: boolean };
  readonly 'weights are read late': boolean;
  readonly 'same logits with weights inside of the graph': readonly boolean[];
  readonly 'GPU errors': readonly string[];
  readonly 'device survives': boolean;
  readonly 'GPU buffers after release': number;
}

/** The report of texts.worker.ts. */
interface TextReport {
  readonly error?: string;
  readonly told: readonly Readonly<Record<string, string>>[];
  readonly 'bytes read for features': number;
  readonly 'bytes of hidden states': number;
  readonly 'bytes of means': number;
  readonly 'largest difference of features': number;
  readonly 'buffers left': number;
  readonly 'sessions created': number;
  readonly 'sessions left': number;
  readonly 'GPU errors': readonly string[];
}

/** The report of a worker of e2e/engine. */
async function reportOf(page: Page, worker: string): Promise<unknown> {
  await page.goto(`http://127.0.0.1:${ENGINE_PORT}/e2e/engine/index.html`);
  return workerReport(page, `/e2e/engine/${worker}`);
}

test('ONNX Runtime runs our graph on our own device, agrees with its WebAssembly, and leaves nothing behind', async ({
  playground: { page },
}) => {
  const foreign: string[] = [];
  page.context().on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') foreign.push(request.url());
  });
  const report = (await reportOf(page, 'onnxRuntime.worker.ts')) as Report;
  expect(report.error).toBeUndefined();
  expect(report['webgpu against wasm']).toMatchObject({ passed: true });
  expect(report['own copy of a gpu-buffer against wasm']).toMatchObject({ passed: true });
  expect(report['weights are read late']).toBe(true);
  expect(report['same logits with weights inside of the graph']).toEqual([true, true]);
  expect(report.generated[0]).toEqual(report.generated[1]);
  expect(report['GPU errors']).toEqual([]);
  expect(report['device survives']).toBe(true);
  expect(report['GPU buffers after release']).toBe(0);
  expect(foreign).toEqual([]);
});

test('features leave the GPU as means, arms generate from inputs on the GPU, and no session or buffer remains', async ({
  playground: { page },
}) => {
  const report = (await reportOf(page, 'texts.worker.ts')) as TextReport;
  expect(report.error).toBeUndefined();
  expect(report['GPU errors']).toEqual([]);
  expect(report['largest difference of features']).toBeLessThan(1e-4);
  // Besides the means, our recorder has 256 bytes for each of its reads.
  expect(report['bytes read for features']).toBeLessThanOrEqual(report['bytes of means'] + 256 * READS);
  expect(report['bytes of hidden states']).toBeGreaterThan(2 * report['bytes read for features']);
  const [first, ...others] = report.told;
  expect(Object.keys(first!).sort()).toEqual(['action', 'base', 'karma']);
  expect(new Set(Object.values(first!)).size).toBeGreaterThan(1);
  for (const other of others) expect(other).toEqual(first);
  expect(report['buffers left']).toBe(0);
  expect(report['sessions created']).toBe(2 + 2);
  expect(report['sessions left']).toBe(0);
});
