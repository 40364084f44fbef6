/** The benchmark's page: reads files and measures. The command line reads `window.intakeMeasured`. */
import type { FromIntakeWorker } from './worker';
import type { IntakeMeasurement } from './work';

declare global {
  interface Window {
    intakeMeasured?: Promise<IntakeMeasurement>;
  }
}

const status = document.querySelector('ul')!;

function tell(line: string): void {
  status.appendChild(document.createElement('li')).textContent = line;
}

function measure(files: readonly File[]): Promise<IntakeMeasurement> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromIntakeWorker>) => {
      if (data.type === 'failed') reject(new Error(data.message));
      else if (data.type === 'measured') resolve(data.measured);
      else tell(`${data.time.stage}: ${data.time.seconds.toFixed(2)} s`);
    };
    worker.onerror = ({ message }) => {
      reject(new Error(`The worker failed: ${message}`));
    };
    worker.postMessage(files);
  });
}

document.querySelector('input')!.addEventListener('change', ({ target }) => {
  const measured = measure([...((target as HTMLInputElement).files ?? [])]);
  window.intakeMeasured = measured;
  measured.then(
    () => {
      tell('Done.');
    },
    (error: unknown) => {
      tell(String(error));
    },
  );
});
