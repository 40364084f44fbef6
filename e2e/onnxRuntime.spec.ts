import { ENGINE_PORT } from './support/ports';
import { READS } from '../src/gpu/readAhead';
import { expect, test } from './support/playground';
import { workerReport } from './support/workerReport';

/** What onnxRuntime.worker.ts reports of graphs; its keys are self-explanatory. */
interface GraphReport {
  readonly generated: readonly string[];
  readonly 'webgpu against wasm': { readonly passed: boolean; readonly maxRelative: number };
  readonly 'own copy of a gpu-buffer against wasm': { readonly passed: boolean };
  readonly 'weights are read late': boolean;
  readonly 'same logits with weights inside of the graph': readonly boolean[];
  readonly 'GPU errors': readonly string[];
  readonly 'device survives': boolean;
  readonly 'GPU buffers after release': number;
}

/** And of features and text (texts.ts). */
interface TextReport {
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

interface Report {
  readonly error?: string;
  readonly graphs: GraphReport;
  readonly texts: TextReport;
}

test('ONNX Runtime runs our graphs on our own device, agrees with its WebAssembly, and leaves nothing behind', async ({
  playground: { page },
}) => {
  const foreign: string[] = [];
  page.context().on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') foreign.push(request.url());
  });
  await page.goto(`http://127.0.0.1:${ENGINE_PORT}/e2e/engine/index.html`);
  const { error, graphs, texts } = (await workerReport(page, '/e2e/engine/onnxRuntime.worker.ts')) as Report;
  expect(error).toBeUndefined();

  await test.step('logits and hidden states, as in WebAssembly, and with weights inside of the graph', () => {
    expect(graphs['webgpu against wasm']).toMatchObject({ passed: true });
    expect(graphs['own copy of a gpu-buffer against wasm']).toMatchObject({ passed: true });
    expect(graphs['weights are read late']).toBe(true);
    expect(graphs['same logits with weights inside of the graph']).toEqual([true, true]);
    expect(graphs.generated[0]).toEqual(graphs.generated[1]);
    expect(graphs['GPU errors']).toEqual([]);
    expect(graphs['device survives']).toBe(true);
    expect(graphs['GPU buffers after release']).toBe(0);
    expect(foreign).toEqual([]);
  });

  await test.step('features leave the GPU as means, arms generate from inputs on the GPU, and no session or buffer remains', () => {
    expect(texts['GPU errors']).toEqual([]);
    expect(texts['largest difference of features']).toBeLessThan(1e-4);
    // Besides the means, our recorder has 256 bytes for each of its reads.
    expect(texts['bytes read for features']).toBeLessThanOrEqual(texts['bytes of means'] + 256 * READS);
    expect(texts['bytes of hidden states']).toBeGreaterThan(2 * texts['bytes read for features']);
    const [first, ...others] = texts.told;
    expect(Object.keys(first!).sort()).toEqual(['action', 'base', 'karma']);
    expect(new Set(Object.values(first!)).size).toBeGreaterThan(1);
    for (const other of others) expect(other).toEqual(first);
    expect(texts['buffers left']).toBe(0);
    expect(texts['sessions created']).toBe(2 + 2);
    expect(texts['sessions left']).toBe(0);
  });
});
