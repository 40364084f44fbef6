/** The page's end of a run in headless Chromium: `browserRun.ts` loads it there. */
import { readLog } from '../log/readLog';
import { LogError } from '../log/types';
import { fromBase64 } from '../record/base64';
import type { LogRecipe } from '../recipe/logRecipe';
import { hubOrigin, type RunSpec } from '../recipe/runSpec';
import { sentenceOf, type Failure } from '../runtime/failure';
import { packLog } from '../runtime/handOver';
import type { TrainingServices, WorkerEvent } from '../runtime/protocol';
import { connect, QuestionFailed, type Remotes } from '../runtime/rpc/connect';

export interface BrowserJob {
  /** URL of the server that has the page's files. */
  readonly baseUrl: string;
  readonly spec: RunSpec;
  /** Files of the log, with bytes in base64 since they need not be text. None for the sample. */
  readonly log: readonly { readonly name: string; readonly bytes: string }[];
  /** How to read them; null: as recognised. */
  readonly mapping: LogRecipe | null;
  readonly profile: boolean;
}

/**
 * Runs to the end.
 * @param onEvent called in order, each time after the previous call has returned
 * @returns why it could not run, or null
 */
export async function runHere(job: BrowserJob, onEvent: (event: WorkerEvent) => Promise<void>): Promise<string | null> {
  const worker = new Worker(new URL('../runtime/trainingWorker.ts', import.meta.url), { type: 'module' });
  let told: Promise<void> = Promise.resolve();
  /** ID of the log that was passed last. */
  let id = job.spec.data.id;
  const { services } = connect<TrainingServices, Failure>(worker, {
    onEvent: (event: WorkerEvent) => {
      if (event.type === 'log') id = event.summary.id;
      told = told.then(() => onEvent(event));
    },
  });
  try {
    await services.device.open(job.baseUrl);
    // The user named the hub in the command.
    await services.models.agree([hubOrigin(job.spec.model.baseUrl)]);
    await services.run.profile(job.profile);
    if (job.log.length > 0) await handOver(services, job);
    await services.run.start({ spec: { ...job.spec, data: { ...job.spec.data, id } }, paused: false });
    return null;
  } catch (error) {
    if (error instanceof QuestionFailed) return sentenceOf(error.failure as Failure);
    if (error instanceof LogError) return error.message;
    throw error;
  } finally {
    await told;
  }
}

async function handOver({ logs }: Remotes<TrainingServices>, { log: given, mapping }: BrowserJob): Promise<void> {
  const files = given.map(({ name, bytes }) => new File([fromBase64(bytes)], name));
  const log = await readLog(files, mapping === null ? {} : { recipe: mapping });
  const { port1, port2 } = new MessageChannel();
  const { packed, transfer } = packLog(log);
  port1.postMessage(packed, transfer);
  await logs.take(port2, { transfer: [port2] });
}
