/**
 * A run that survives the loss of its device: another one is opened, and the run continues from its last
 * checkpoint.
 */
import type { Gpu } from '../gpu/device';
import { onDeviceLost } from '../gpu/deviceLoss';
import { FaultLog } from '../gpu/faults';
import { wait } from '../log/turn';
import type { DeviceSilence, RunEvent } from '../record/runEvents';
import type { RunRecord } from '../record/runRecord';
import { readCheckpoint, type TrainingCheckpoint } from './train/checkpoint';
import type { Checkpoints } from './train/checkpoints';
import { runExperiment, type ExperimentInputs } from './runExperiment';
import type { Gate } from './train/training';
import { t } from '../words/words';

/** This many losses within this many milliseconds end the run. */
const MOST_LOSSES = 3;
const WITHIN = 60_000;
/**
 * Milliseconds by which a failed call may precede the report of the device's loss, and milliseconds that a
 * broken run gets to end.
 */
const NEWS = 300;
const ENDING = 10_000;
/** Milliseconds between two looks at whether the device still answers. */
const LOOK = 1000;
/** Milliseconds between attempts to open a device: the browser may be starting its GPU process again. */
const ATTEMPTS: readonly number[] = [0, 200, 1000, 3000];

export class DeviceLostError extends Error {
  constructor(
    detail: string,
    readonly times = 1,
  ) {
    super(detail);
    this.name = 'DeviceLostError';
  }
}

export interface ResilientRun {
  /** A device, a new one if the last was lost. @throws GpuUnavailableError */
  readonly open: () => Promise<Gpu>;
  /** Everything that the run needs, on that device. Called again after every loss. */
  readonly prepare: (gpu: Gpu) => Promise<Omit<ExperimentInputs, 'gpu' | 'resume' | 'checkpoints' | 'lost'>>;
  readonly checkpoints: Checkpoints;
  /** Where the run starts; null for its first step. */
  readonly resume: TrainingCheckpoint | null;
  readonly emit: (event: RunEvent) => void;
  readonly gate: Gate;
  /**
   * Called after every loss from which the run recovers, with the step from which it continues; null: from
   * the start.
   */
  readonly onLost: (step: number | null) => void;
}

/**
 * @throws DeviceLostError after three losses in a minute, and what `open`, `prepare` and `runExperiment`
 * throw
 */
export async function runThroughLosses(run: ResilientRun): Promise<RunRecord> {
  const losses: number[] = [];
  let { resume } = run;
  for (;;) {
    const gpu = await opened(run, losses.length > 0);
    const attempt = new Attempt(run, gpu, resume);
    const stopListening = listenTo(gpu, run.emit);
    try {
      const outcome = await Promise.race([attempt.result, attempt.loss]);
      if ('record' in outcome) return outcome.record;
      const lost = 'lost' in outcome ? outcome.lost : await within(attempt.loss, NEWS).then((news) => news?.lost ?? null);
      if (lost === null) throw 'error' in outcome ? outcome.error : new DeviceLostError(t('The device is gone.'));
      await attempt.end();
      const now = performance.now();
      losses.push(now);
      const recent = losses.filter((at) => now - at < WITHIN).length;
      if (recent >= MOST_LOSSES) throw new DeviceLostError(lost, recent);
    } finally {
      stopListening();
      attempt.forget();
    }
    const { last } = run.checkpoints;
    if (last !== null) resume = readCheckpoint(last);
    run.onLost(resume?.step ?? null);
  }
}

type Outcome = { readonly record: RunRecord } | { readonly error: unknown };

/** The run on one device. Once the device is lost, nothing from it counts. */
class Attempt {
  readonly result: Promise<Outcome>;
  readonly loss: Promise<{ readonly lost: string }>;
  /** Stops listening to the device, which may outlive its runs. */
  readonly forget: () => void;
  readonly #lost = new AbortController();
  /** Ends the wait for the next step, if the run is waiting. */
  #stopWaiting: () => void = () => undefined;

  constructor(run: ResilientRun, gpu: Gpu, resume: TrainingCheckpoint | null) {
    let tell: (loss: { readonly lost: string }) => void;
    this.loss = new Promise((resolve) => (tell = resolve));
    this.forget = onDeviceLost(gpu.device, (lost) => {
      this.#lost.abort();
      this.#stopWaiting();
      tell({ lost });
    });
    this.result = this.#run(run, gpu, resume).then(
      (record) => ({ record }),
      (error: unknown) => ({ error }),
    );
  }

  /** Waits until the broken run has released what it holds. */
  async end(): Promise<void> {
    this.#lost.abort();
    await within(this.result, ENDING);
  }

  async #run(run: ResilientRun, gpu: Gpu, resume: TrainingCheckpoint | null): Promise<RunRecord> {
    const inputs = await run.prepare(gpu);
    // No `Promise.race` with the loss: every step would leave a reaction on a promise that lives as long as
    // the run.
    const gate: Gate = (settle) =>
      new Promise((resolve, reject) => {
        this.#stopWaiting = () => {
          resolve('stop');
        };
        if (this.#lost.signal.aborted) this.#stopWaiting();
        else
          run.gate(settle).then((answer) => {
            resolve(this.#lost.signal.aborted ? 'stop' : answer);
          }, reject);
      });
    const { checkpoints, emit } = run;
    const lost = this.#lost.signal;
    const record = await runExperiment({ ...inputs, gpu, resume, checkpoints, lost }, emit, gate);
    // A run that ended because its device was lost reports nothing more.
    if (lost.aborted) throw new DeviceLostError(t('The device is gone.'));
    return record;
  }
}

async function opened({ open }: ResilientRun, again: boolean): Promise<Gpu> {
  let refusal: unknown;
  for (const pause of again ? ATTEMPTS : [0]) {
    await wait(pause);
    try {
      return await open();
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

/** Reports every second that the device is silent, and that it answers again. @returns what ends that */
function listenTo({ device }: Gpu, emit: (event: RunEvent) => void): () => void {
  const { answers } = FaultLog.of(device);
  let silent = false;
  const tell = (silence: DeviceSilence | null): void => {
    if (silence !== null || silent) emit({ type: 'silence', silence });
    silent = silence !== null;
  };
  const timer = setInterval(() => {
    tell(answers.silence);
  }, LOOK);
  return () => {
    clearInterval(timer);
    tell(null);
  };
}

/** The value of a promise, or null if it takes too long. */
function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  return Promise.race([promise, new Promise<null>((resolve) => setTimeout(resolve, milliseconds, null))]);
}
