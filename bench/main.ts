/**
 * The benchmark's page: `?only=b,c&libraries=ours,jax&repeats=10&card=RTX 4090&peak=82.6&anyway&suite=full`.
 * The command line reads `window.benchReport`.
 */
import { openGpu } from '../src/gpu/device';
import { allowOwnScripts } from '../src/page/ui/ownScripts';
import { runBenchmark, type BenchOptions } from './benchmark';
import { queryOf, readQuery } from './choices';
import type { Reply, Request } from './contestant';
import { NotIdleError, type Spinners } from './idle';
import type { LibraryId } from './library';
import { siteModel } from './siteFiles';
import { heading, resultFile, tableRows, type BenchReport } from './report';
import type { Contestant } from './rounds';

declare global {
  interface Window {
    benchReport?: Promise<BenchReport>;
    /** PyTorch in a process beside the browser, where the command line offers it. */
    askTorch?: (request: Request | { readonly type: 'close' }) => Promise<Reply>;
  }
}

function openTorch(): Contestant {
  const ask = window.askTorch!;
  return { ask, close: () => void ask({ type: 'close' }) };
}

function openWorker(library: LibraryId): Contestant {
  const worker = new Worker(new URL('./contestantWorker.ts', import.meta.url), { type: 'module', name: library });
  return {
    ask: (request: Request) => askWorker<Reply>(worker, request, (message) => ({ type: 'failed', message })),
    close: () => {
      worker.terminate();
    },
  };
}

function openSpinners(): Spinners {
  const workers = Array.from(
    { length: navigator.hardwareConcurrency },
    () => new Worker(new URL('./spinWorker.ts', import.meta.url), { type: 'module' }),
  );
  return {
    spin: (ms) =>
      Promise.all(
        workers.map((worker) =>
          askWorker<number>(worker, ms, (message) => {
            throw new Error(message);
          }),
        ),
      ),
    close: () => {
      for (const worker of workers) worker.terminate();
    },
  };
}

/**
 * @param failed what to answer for a worker whose module cannot be loaded, which sends no message; may throw
 */
function askWorker<Reply>(worker: Worker, request: unknown, failed: (message: string) => Reply): Promise<Reply> {
  return new Promise<string | { readonly reply: Reply }>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      resolve({ reply: data });
    };
    worker.onerror = ({ message }) => {
      resolve(`its worker: ${message}`);
    };
    worker.postMessage(request);
  }).then((answer) => (typeof answer === 'string' ? failed(answer) : answer.reply));
}

function element(selector: string): Element {
  return document.querySelector(selector)!;
}

function show(report: BenchReport): void {
  element('#heading').textContent = heading(report);
  const rows = tableRows(report);
  const line = (cells: readonly string[], tag: 'th' | 'td'): HTMLTableRowElement => {
    const row = document.createElement('tr');
    for (const text of cells) row.appendChild(document.createElement(tag)).textContent = text;
    return row;
  };
  element('table').replaceChildren(line(Object.keys(rows[0] ?? {}), 'th'), ...rows.map((row) => line(Object.values(row), 'td')));
  const link = document.querySelector<HTMLAnchorElement>('#save')!;
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(report, null, 2)}\n`], { type: 'application/json' }));
  link.download = resultFile(report);
  link.hidden = false;
}

async function run(options: BenchOptions): Promise<BenchReport> {
  const status = element('#status');
  const gpu = await openGpu(navigator.gpu, 'browser');
  gpu.device.destroy();
  if (gpu.adapter.fallback && new URLSearchParams(location.search).has('gpu'))
    throw new Error('This browser offers no GPU, only a software adapter.');
  return runBenchmark(options, {
    adapter: gpu.adapter,
    runtime: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    source: siteModel,
    open: (library) => (library === 'torch' ? openTorch() : openWorker(library)),
    torch: new URLSearchParams(location.search).get('torch'),
    openSpinners,
    onProgress: (message) => {
      status.textContent = message;
      console.info(message);
    },
    onCase: show,
  });
}

async function start(): Promise<BenchReport> {
  const options = readQuery(new URLSearchParams(location.search));
  try {
    return await run(options);
  } catch (error) {
    if (error instanceof NotIdleError) {
      const anyway = document.querySelector<HTMLAnchorElement>('#anyway')!;
      anyway.href = `?${queryOf({ ...options, anyway: true }).toString()}`;
      anyway.hidden = false;
    }
    throw error;
  }
}

allowOwnScripts();
window.benchReport = start();
window.benchReport.catch((error: unknown) => {
  element('#status').textContent = error instanceof Error ? error.message : String(error);
});
