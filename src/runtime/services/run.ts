/** The run: one at a time, passed from step to step as the person says. */
import { checkModel } from '../../experiment/checkModel';
import { runExperiment } from '../../experiment/runExperiment';
import type { ExperimentInputs } from '../../experiment/stages/context';
import type { Gpu } from '../../gpu/device';
import type { LoadedModel } from '../../model/loadedModel';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import type { Certification } from '../../record/runRecord';
import { describeFailure, TrainingRefusedError, type DeviceLostError } from '../failures';
import type { PageFiles } from '../pageFiles';
import type { Emit, Phase, RunQuestions } from '../protocol';
import { isCalledOff } from '../rpc/messages';
import { RunGate } from '../runGate';
import type { StartAdapters } from '../startAdapters';
import type { DeviceService } from './device';
import type { InspectionService } from './inspection';
import type { LogService } from './logs';
import type { ModelService } from './models';
import type { TextService } from './texts';
import type { Trained } from './trained';

export interface RunTools {
  readonly device: DeviceService;
  readonly models: ModelService;
  readonly logs: LogService;
  readonly starts: StartAdapters;
  readonly files: PageFiles;
  readonly trained: Trained;
  readonly texts: TextService;
  readonly inspection: InspectionService;
  readonly emit: Emit;
}

export class RunService implements RunQuestions {
  #gate: RunGate | null = null;
  /** Runs follow each other: one that is stopped ends its step before the next begins. */
  #running: Promise<void> = Promise.resolve();
  #profiling = false;
  #certified: { readonly model: LoadedModel; readonly certification: Certification } | null = null;

  constructor(private readonly tools: RunTools) {}

  start({ spec: given, paused }: { readonly spec: RunSpec; readonly paused: boolean }): Promise<void> {
    this.#gate?.stop();
    this.#running = this.#running.then(async () => {
      try {
        await this.#run(runSpecSchema.parse(given), paused);
      } catch (error) {
        if (isCalledOff(error)) this.#phase('stopped');
        else {
          this.tools.emit({ type: 'failed', failure: describeFailure(error) });
          this.#phase('failed');
        }
      }
    });
    return this.#running;
  }

  pause(): void {
    this.#gate?.pause();
  }

  resume(): void {
    this.tools.texts.cancel();
    this.#gate?.resume();
  }

  step(): void {
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

  /** The run cannot go on. */
  fail(error: DeviceLostError): void {
    this.#gate?.fail(error);
  }

  #phase(phase: Phase): void {
    this.tools.emit({ type: 'phase', phase });
  }

  async #run(spec: RunSpec, paused: boolean): Promise<void> {
    const { trained, emit, texts, inspection } = this.tools;
    const gate = new RunGate(paused, (phase) => {
      this.#phase(phase);
    });
    this.#gate = gate;
    this.#phase('preparing');
    trained.clear();
    await texts.release();
    await inspection.release();
    const inputs = await this.#inputs(spec, gate);
    try {
      const record = await Promise.race([runExperiment(inputs, emit, () => gate.pass()), gate.failure]);
      this.#phase(record.complete ? 'finished' : 'stopped');
    } catch (error) {
      trained.broken();
      throw error;
    }
  }

  /** @throws ModelError, LogError, GpuUnavailableError, TrainingRefusedError, and an AbortError when called off */
  async #inputs(spec: RunSpec, gate: RunGate): Promise<ExperimentInputs> {
    const { device, models, logs, starts, files, trained } = this.tools;
    const gpu = await device.get();
    const model = await models.load(spec.model);
    return {
      gpu,
      spec,
      model,
      certification: await this.#certify(gpu, model),
      data: await logs.open(spec.data.id),
      store: files.features(spec.data.id, spec.model.id),
      profiled: () => this.#profiling,
      start: starts.of(spec),
      onTraining: (training) => {
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

  /** The certificate of a model, or why there is none, found out once. @throws TrainingRefusedError */
  async #certify(gpu: Gpu, model: LoadedModel): Promise<Certification> {
    const { emit } = this.tools;
    if (this.#certified?.model === model) return this.#certified.certification;
    const note = 'Comparing our logits with ONNX Runtime’s';
    emit({ type: 'progress', progress: { stage: 'certificate', note, done: 0, total: 0 } });
    const certification = await checkModel(gpu, model);
    emit({ type: 'certificate', certification });
    const { certificate } = certification;
    if (certificate?.passed === false) throw new TrainingRefusedError(certificate);
    this.#certified = { model, certification };
    return certification;
  }
}
