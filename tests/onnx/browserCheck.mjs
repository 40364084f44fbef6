/**
 * ONNX Runtime in a real browser: `node tests/onnx/browserCheck.mjs` serves the project with Vite, runs browserCheck.worker.ts in
 * headless Chromium on SwiftShader and prints its report. Exits with 1 when providers disagree or anything left this host.
 */
import { chromium } from '@playwright/test';
import { createServer } from 'vite';

const blankPage = { name: 'blank-page', configureServer: (server) => void server.middlewares.use('/blank', blank) };
function blank(_request, response) {
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>check</title>');
}

const server = await createServer({ server: { port: 0, host: '127.0.0.1' }, plugins: [blankPage], logLevel: 'warn' });
await server.listen();
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
});
try {
  const page = await browser.newPage();
  const foreign = [];
  page.context().on('request', (request) => {
    if (!request.url().startsWith(`http://127.0.0.1:${port}/`)) foreign.push(request.url());
  });
  page.on('console', (message) => console.error(`[${message.type()}] ${message.text()}`));
  await page.goto(`http://127.0.0.1:${port}/blank`);
  const report = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const worker = new globalThis.Worker('/tests/onnx/browserCheck.worker.ts', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => resolve({ error: message });
      }),
  );
  console.log(JSON.stringify({ ...report, foreign }, null, 2));
  const [byWasm, byGpu] = report.generated ?? [];
  const agreed = report['webgpu against wasm']?.passed && report['own copy of a gpu-buffer against wasm']?.passed;
  const clean =
    foreign.length === 0 &&
    report['GPU errors']?.length === 0 &&
    report['device survives'] &&
    report['GPU buffers after release'] === 0;
  process.exitCode = agreed && clean && byWasm === byGpu ? 0 : 1;
} finally {
  await browser.close();
  await server.close();
}
