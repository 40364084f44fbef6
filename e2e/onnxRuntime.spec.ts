import { ENGINE_PORT } from './support/ports';
import { expect, test } from './support/playground';
import { workerReport } from './support/workerReport';

/** What onnxRuntime.worker.ts reports; its own keys say what they mean. */
interface Report {
  readonly error?: string;
  readonly generated: readonly string[];
  readonly 'webgpu against wasm': { readonly passed: boolean; readonly maxRelative: number };
  readonly 'own copy of a gpu-buffer against wasm': { readonly passed: boolean };
  readonly 'GPU errors': readonly string[];
  readonly 'device survives': boolean;
  readonly 'GPU buffers after release': number;
}

test('ONNX Runtime runs our graph on our own device, agrees with its WebAssembly, and leaves nothing behind', async ({
  playground: { page },
}) => {
  const foreign: string[] = [];
  page.context().on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') foreign.push(request.url());
  });
  await page.goto(`http://127.0.0.1:${ENGINE_PORT}/e2e/engine/index.html`);
  const report = (await workerReport(page, '/e2e/engine/onnxRuntime.worker.ts')) as Report;
  expect(report.error).toBeUndefined();
  expect(report['webgpu against wasm']).toMatchObject({ passed: true });
  expect(report['own copy of a gpu-buffer against wasm']).toMatchObject({ passed: true });
  expect(report.generated[0]).toEqual(report.generated[1]);
  expect(report['GPU errors']).toEqual([]);
  expect(report['device survives']).toBe(true);
  expect(report['GPU buffers after release']).toBe(0);
  expect(foreign).toEqual([]);
});
