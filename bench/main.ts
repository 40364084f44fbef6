/** The benchmark's page: `?only=b,c&repeats=5&peak=67&suite=full`. The command line reads `window.benchReport`. */
import { openGpu } from '../src/gpu/device';
import { httpSource } from '../src/model/source/httpSource';
import { memoryStore } from '../src/storage/memoryStore';
import { runBenchmark } from './benchmark';
import type { Reply, Request } from './contestant';
import type { LibraryId } from './library';
import { heading, tableRows, type BenchReport } from './report';
import type { Contestant } from './rounds';

declare global {
  interface Window {
    benchReport?: Promise<BenchReport>;
  }
}

function openWorker(library: LibraryId): Contestant {
  const worker = new Worker(new URL('./contestantWorker.ts', import.meta.url), { type: 'module', name: library });
  return {
    ask: (request: Request) =>
      new Promise<Reply>((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<Reply>) => {
          resolve(data);
        };
        worker.onerror = ({ message }) => {
          // A module that cannot be loaded sends no message.
          resolve({ type: 'failed', message: `its worker: ${message}` });
        };
        worker.postMessage(request);
      }),
    close: () => {
      worker.terminate();
    },
  };
}

function show(report: BenchReport, peak: number | null): void {
  document.querySelector('#heading')!.textContent = heading(report);
  const rows = tableRows(report, peak);
  const line = (cells: readonly string[], tag: 'th' | 'td'): HTMLTableRowElement => {
    const row = document.createElement('tr');
    for (const text of cells) row.appendChild(document.createElement(tag)).textContent = text;
    return row;
  };
  document
    .querySelector('table')!
    .replaceChildren(line(Object.keys(rows[0] ?? {}), 'th'), ...rows.map((row) => line(Object.values(row), 'td')));
}

async function run(): Promise<BenchReport> {
  const query = new URLSearchParams(location.search);
  const peak = query.has('peak') ? Number(query.get('peak')) : null;
  const status = document.querySelector('#status')!;
  const gpu = await openGpu(navigator.gpu, 'browser');
  gpu.device.destroy();
  const report = await runBenchmark(
    {
      suite: query.get('suite') === 'tiny' ? 'tiny' : 'full',
      only: query.get('only')?.split(',') ?? [],
      repeats: Number(query.get('repeats') ?? 5),
    },
    {
      adapter: gpu.adapter,
      runtime: navigator.userAgent,
      source: (model) => httpSource(`/models/${model}`, memoryStore()),
      open: openWorker,
      onProgress: (message) => {
        status.textContent = message;
        console.info(message);
      },
      onCase: (grown) => {
        show(grown, peak);
      },
    },
  );
  status.textContent = 'Done.';
  return report;
}

window.benchReport = run();
window.benchReport.catch((error: unknown) => {
  document.querySelector('#status')!.textContent = error instanceof Error ? error.message : String(error);
});
