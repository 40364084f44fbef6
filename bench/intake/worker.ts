/** The work in the browser, off the page's thread as in the app. */
import { loadModel } from '../../src/model/loadModel';
import { httpSource } from '../../src/model/source/httpSource';
import { createTokenizer } from '../../src/model/tokenizer';
import { EMBEDDED_MODEL } from '../../src/recipe/runSpec';
import { memoryStore } from '../../src/storage/memoryStore';
import { measureIntake, type IntakeMeasurement, type StageTime } from './work';

export type FromIntakeWorker =
  | { readonly type: 'stage'; readonly time: StageTime }
  | { readonly type: 'measured'; readonly measured: IntakeMeasurement }
  | { readonly type: 'failed'; readonly message: string };

function send(message: FromIntakeWorker): void {
  postMessage(message);
}

async function work(files: readonly File[]): Promise<void> {
  const source = httpSource(`/models/${EMBEDDED_MODEL}`, memoryStore());
  const model = await loadModel(source, EMBEDDED_MODEL, () => undefined, createTokenizer);
  const measured = await measureIntake(files, model, (time) => {
    send({ type: 'stage', time });
  });
  send({ type: 'measured', measured });
}

addEventListener('message', ({ data }: MessageEvent<readonly File[]>) => {
  work(data).catch((error: unknown) => {
    send({ type: 'failed', message: String(error) });
  });
});
