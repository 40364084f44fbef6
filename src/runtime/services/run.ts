/** The run: one at a time, passed from step to step as the user commands. */
import { certifyModel, promptIds } from '../../experiment/prepare/checkModel';
import { checkpointFacts, CheckpointError, readCheckpoint, type TrainingCheckpoint } from '../../experiment/train/checkpoint';
import { Checkpoints } from '../../experiment/train/checkpoints';
import { runThroughLosses } from '../../experiment/throughLosses';
import type { ExperimentInputs } from '../../experiment/runExperiment';
import type { Gpu } from '../../gpu/device';
import { FaultLog } from '../../gpu/faults';
import type { LoadedModel } from '../../model/loadedModel';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import type { Certification, RunRecord } from '../../record/runRecord';
import type { TwoSlots } from '../../storage/twoSlots';
import { keptCertificates } from '../certificateStore';
import { describeFailure, TrainingRefusedError } from '../failures';
import type { PageFiles } from '../pageFiles';
import type { Emit, KeptRun, Phase, RunQuestions, RunWait, UnreadableRun } from '../protocol';
import { isCalledOff } from '../rpc/messages';
import { RunGate } from '../runGate';
import type { StartAdapters } from '../startAdapters';
import type { DeviceService } from './device';
import type { InspectionService } from './inspection';
import type { OperationService } from './operations';
import type { LogService } from './logs';
import type { ModelService } from './models';
import type { TextService } from './texts';
import type { Trained } from './trained';
import { t } from '../../words/words';

export interface RunTools {
  readonly device: DeviceService;
  readonly models: ModelService;
  readonly logs: LogService;
  readonly starts: StartAdapters;
  readonly files: PageFiles;
  readonly trained: Trained;
  readonly texts: TextService;
  readonly inspection: InspectionService;
  readonly operations: OperationService;
  /** Where the checkpoint of the run is stored; null if the browser stores nothing. */
  readonly slots: Promise<TwoSlots | null>;
  readonly emit: Emit;
}

export class RunService implements RunQuestions {
  #gate: RunGate | null = null;
  /** Runs that have been started and have not ended. */
  #open = 0;
  /** Runs are sequential: a stopped one finishes its step before the next starts. */
  #running: Promise<void> = Promise.resolve();
  /** Of the current run. */
  #checkpoints: Checkpoints | null = null;
  /**
   * The run that began to train last, by `createdAt`, and whether it has ended with nothing left to resume.
   */
  #last: { readonly run: string; readonly over: Promise<boolean>; readonly checkpoints: Checkpoints } | null = null;
  /** The record of the current run, once it trains. */
  #record: RunRecord | null = null;
  #device: GPUDevice | null = null;
  #profiling = false;
  #certified: { readonly model: LoadedModel; readonly certification: Certification } | null = null;

  constructor(private readonly tools: RunTools) {}

  start({ spec: given, paused, resume = false }: Parameters<RunQuestions['start']>[0]): Promise<void> {
    this.#gate?.stop();
    // Commands are for the new run from here on, also while it waits for the previous one to end.
    const gate = new RunGate(paused, (phase) => {
      this.#phase(phase);
    });
    this.#gate = gate;
    this.#open += 1;
    this.#running = this.#running.then(async () => {
      try {
        gate.signal.throwIfAborted();
        await this.#run(runSpecSchema.parse(given), gate, resume);
      } catch (error) {
        if (isCalledOff(error)) this.#phase('stopped');
        else {
          this.tools.emit({ type: 'failed', failure: describeFailure(error) });
          this.#phase('failed');
        }
      } finally {
        this.#open -= 1;
      }
    });
    return this.#running;
  }

  /** Whether a run is under way, or waits. */
  get isBusy(): boolean {
    return this.#open > 0;
  }

  pause(): void {
    this.keep();
    this.#gate?.pause();
  }

  resume(): void {
    this.tools.texts.cancel();
    this.#gate?.resume();
  }

  step(): void {
    this.keep();
    this.tools.texts.cancel();
    this.#gate?.step();
  }

  async stop(): Promise<void> {
    this.#gate?.stop();
    // Before the first step it may still be waiting for its model.
    (await this.tools.models.shelf()).cancel();
  }

  profile(on: boolean): void {
    this.#profiling = on;
  }

  waitsFor(): RunWait {
    return {
      step: this.#record && lastStep(this.#record),
      checkpoint: this.#checkpoints?.waitsFor ?? null,
      gpu: this.#device ? FaultLog.of(this.#device).unanswered : { reads: 0, scopes: 0 },
    };
  }

  keep(): void {
    this.#checkpoints?.request();
  }

  async kept(): Promise<KeptRun | UnreadableRun | null> {
    const slots = await this.tools.slots;
    const bytes = (await slots?.read()) ?? null;
    const damaged = slots?.damaged ?? 0;
    if (bytes === null) return damaged === 0 ? null : { problem: t('Its checkpoint is damaged.') };
    try {
      const { asked, step } = checkpointFacts(bytes);
      return { spec: asked, step, older: damaged > 0 };
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      return { problem: error.message };
    }
  }

  async drop(): Promise<void> {
    await (await this.tools.slots)?.clear();
  }

  async release(run: string): Promise<void> {
    const last = this.#last;
    // The page may have stored the run while its last checkpoint was being written; another one's checkpoints
    // replace it.
    if (last?.run === run && (await last.over) && this.#last === last) await last.checkpoints.clear();
  }

  /** Null if nothing is stored, or nothing that this version can read. */
  async #keptBytes(): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = (await (await this.tools.slots)?.read()) ?? null;
    try {
      if (bytes !== null) checkpointFacts(bytes);
      return bytes;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      return null;
    }
  }

  async #keptOf(spec: RunSpec): Promise<TrainingCheckpoint | null> {
    const bytes = await this.#keptBytes();
    if (bytes === null || JSON.stringify(checkpointFacts(bytes).asked) !== JSON.stringify(spec)) return null;
    return readCheckpoint(bytes);
  }

  #phase(phase: Phase): void {
    this.tools.emit({ type: 'phase', phase });
  }

  async #run(spec: RunSpec, gate: RunGate, goOn: boolean): Promise<void> {
    const { trained, emit, texts, inspection, operations, device, slots } = this.tools;
    this.#phase('preparing');
    trained.clear();
    await texts.release();
    await inspection.release();
    await operations.release();
    const checkpoints = new Checkpoints(await slots, undefined, (problem) => {
      emit({ type: 'checkpoint', problem });
    });
    this.#checkpoints = checkpoints;
    let end: (forGood: boolean) => void = () => undefined;
    const over = new Promise<boolean>((resolve) => (end = resolve));
    try {
      const record = await runThroughLosses({
        open: async () => {
          const gpu = await device.get();
          this.#device = gpu.device;
          return gpu;
        },
        prepare: (gpu) =>
          this.#inputs(spec, gate, gpu, (record) => {
            this.#record = record;
            this.#last = { run: record.createdAt, over, checkpoints };
          }),
        checkpoints,
        resume: goOn ? await this.#keptOf(spec) : null,
        emit,
        gate: (settle) => gate.pass(settle),
        onLost: (step) => {
          trained.broken();
          emit({ type: 'recovering', step });
          this.#phase('preparing');
        },
      });
      await checkpoints.end();
      // Finished, or ended by the user, so there is nothing to resume once the page has stored it.
      end(true);
      this.#phase(record.complete ? 'finished' : 'stopped');
    } catch (error) {
      end(false);
      trained.broken();
      throw error;
    } finally {
      this.#checkpoints = null;
      this.#record = null;
    }
  }

  /** @throws ModelError, LogError, and an AbortError when cancelled */
  async #inputs(
    spec: RunSpec,
    gate: RunGate,
    gpu: Gpu,
    onTraining: (record: RunRecord) => void,
  ): Promise<Omit<ExperimentInputs, 'gpu'>> {
    const { models, logs, starts, files, trained } = this.tools;
    const model = await models.load(spec.model);
    return {
      spec,
      model,
      certification: () => this.#certify(gpu, model),
      data: await logs.open(spec.data.id, gate.signal),
      store: files.features(spec.data.id, spec.model.id),
      profiled: () => this.#profiling,
      start: starts.of(spec),
      onTraining: (training, record) => {
        onTraining(record);
        trained.begin(spec, model, training);
      },
      onTrained: (arms) => {
        trained.learned(arms);
      },
      onProbed: (arm, probe) => {
        trained.probed(arm, probe);
      },
      signal: gate.signal,
    };
  }

  /**
   * The certificate of a model, of this visit or an earlier one, or why there is none.
   * @throws TrainingRefusedError
   */
  async #certify(gpu: Gpu, model: LoadedModel): Promise<Certification> {
    const { emit, files } = this.tools;
    if (this.#certified?.model === model) return this.#certified.certification;
    const { adapter } = gpu;
    // The name of a built script changes with its content; a development server's does not.
    const program = [import.meta.url, navigator.userAgent];
    const kept = import.meta.env.PROD ? keptCertificates(await files.store, { adapter, program }) : null;
    const ids = promptIds(model);
    const before = (await kept?.read(model, ids)) ?? null;
    const certification = before === null ? await this.#compare(gpu, model) : { certificate: before };
    emit({ type: 'certificate', model: model.id, certification });
    const { certificate } = certification;
    if (certificate?.passed === false) throw new TrainingRefusedError(certificate);
    if (before === null && certificate !== null) await kept?.write(model, ids, certificate);
    this.#certified = { model, certification };
    return certification;
  }

  #compare(gpu: Gpu, model: LoadedModel): Promise<Certification> {
    const note = t('Comparing our logits with ONNX Runtime’s');
    this.tools.emit({ type: 'progress', progress: { stage: 'certificate', note, done: 0, total: 0 } });
    return certifyModel(gpu, model);
  }
}

/** The step that was taken last: arms take turns. Null before the first. */
function lastStep({ arms }: RunRecord): RunWait['step'] {
  const taken = arms.map(({ id, steps }) => ({ arm: id, step: steps.step.at(-1) ?? 0 }));
  const most = Math.max(...taken.map(({ step }) => step));
  return most === 0 ? null : (taken.findLast(({ step }) => step === most) ?? null);
}
