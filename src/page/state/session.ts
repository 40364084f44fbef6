/** Owns the training worker: sends Commands, folds WorkerEvents into the experiment once a frame. */
import { saveFile } from '../../charts/export/saveFile';
import type { TextRequest } from '../../record/generation';
import type { InspectionQuestion } from '../../record/inspection';
import type { RunRecord } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import type { PreviewQuestion } from '../../record/templatePreview';
import type { Command, WorkerEvent } from '../../runtime/protocol';
import type { Failure } from '../../runtime/failure';
import { saveExperiment } from '../exporting/saveExperiment';
import { saveAdapter } from './saveAdapter';
import { startModels, type ModelSession } from '../models/modelSession';
import { startIntake, type IntakeSession } from '../intake/intakeSession';
import { foldPreview, usePreview } from '../recipe/templates/previewState';
import { useExperiment } from './experiment';
import { foldInspection, questioned, unanswered, useInspection } from './inspection';
import { foldEvents, isBusy } from './foldEvents';
import { useProfiling } from './profiling';
import { setField } from './recipe';
import { asked, foldText, silenced, useTexts } from './texts';
import { lookAt } from './view';

export interface Session {
  readonly run: (spec: RunSpec) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** One step of every arm; starts the run first where there is none. */
  readonly step: (spec: RunSpec) => void;
  readonly stop: () => void;
  /** Asks how much GPU memory a recipe would take; answered in the experiment's `memory`. */
  readonly forecastMemory: (spec: RunSpec) => void;
  /** Asks for the recipe's texts in tokens; answered in `usePreview`, unless another question follows. */
  readonly previewTemplates: (spec: RunSpec, question: Omit<PreviewQuestion, 'id'>) => void;
  /** Has steps profiled, or not any more, from the next one on. */
  readonly profile: (on: boolean) => void;
  /** Downloads an arm's adapter; the worker must have trained it. */
  readonly exportAdapter: (arm: string) => void;
  /** Downloads an experiment as one ZIP: with the adapters of those arms, and the log. */
  readonly exportExperiment: (record: RunRecord, arms: readonly string[], withLog: boolean) => void;
  /** Lets base model and arms continue a prompt, as `useTexts` shows; what was being said before is called off. */
  readonly generate: (request: Omit<TextRequest, 'id'>, spec: RunSpec) => void;
  readonly cancelText: () => void;
  /** Asks the inspector; answered in `useInspection`. Of each kind of question the last one counts. */
  readonly inspect: (question: InspectionQuestion, spec: RunSpec) => void;
  /** Saves a speaker's model as ONNX. */
  readonly exportOnnx: (speaker: string, spec: RunSpec) => void;
  /** Models that a person brings. */
  readonly models: ModelSession;
  /** Logs that a person brings. */
  readonly intake: IntakeSession;
  /** Looks for an adapter, in a fresh worker. */
  readonly probe: () => void;
  readonly dispose: () => void;
}

/** Between two folds where no frames are drawn: hidden tabs get none. */
const HIDDEN_INTERVAL = 250;

/** @param createWorker the training worker @param createIntakeWorker a worker for each log that is opened */
export function startSession(createWorker: () => Worker, createIntakeWorker: () => Worker): Session {
  let worker: Worker | null = null;
  let waiting: WorkerEvent[] = [];
  let scheduled = false;
  let stepWhenReady = false;
  let textRequests = 0;
  let questions = 0;
  let exports = 0;
  /** Records that wait for what the worker adds to them, by the number of the question. */
  const exporting = new Map<number, RunRecord>();
  const intake = startIntake(createIntakeWorker, takeLog);
  const models = startModels(send);

  function ready(): Worker {
    if (worker) return worker;
    const fresh = createWorker();
    fresh.onmessage = ({ data }: MessageEvent<WorkerEvent>) => {
      take(data);
    };
    fresh.onerror = (event) => {
      event.preventDefault();
      take({ type: 'failed', failure: workerFailure(event) });
      discard();
    };
    worker = fresh;
    introduce(fresh);
    return fresh;
  }

  /** What every worker must be told before anything else: where the page is, the log that is open, whether to profile. */
  function introduce(fresh: Worker): void {
    useExperiment.setState({ device: { state: 'probing' } });
    const baseUrl = new URL(import.meta.env.BASE_URL, document.baseURI).href;
    fresh.postMessage({ type: 'probe-device', baseUrl } satisfies Command);
    if (useProfiling.getState().on) fresh.postMessage({ type: 'profile', on: true } satisfies Command);
    models.resend(fresh);
    intake.resend();
  }

  /** Connects the intake, which writes into the port, with the training worker. */
  function takeLog(write: (port: MessagePort) => void): void {
    const { port1, port2 } = new MessageChannel();
    ready().postMessage({ type: 'take-log', port: port2 } satisfies Command, [port2]);
    write(port1);
  }

  function discard(): void {
    worker?.terminate();
    worker = null;
    exporting.clear();
    useTexts.setState(silenced(useTexts.getState()));
    useInspection.setState(unanswered(useInspection.getState()));
    useExperiment.setState({ trained: [] });
  }

  function send(command: Command): void {
    ready().postMessage(command);
  }

  function take(event: WorkerEvent): void {
    waiting.push(event);
    if (scheduled) return;
    scheduled = true;
    if (document.hidden) setTimeout(fold, HIDDEN_INTERVAL);
    else requestAnimationFrame(fold);
  }

  /** A frame that was asked for is not drawn once the tab is hidden. */
  function foldHidden(): void {
    if (document.hidden && scheduled) setTimeout(fold, HIDDEN_INTERVAL);
  }

  function fold(): void {
    scheduled = false;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    useExperiment.setState(foldEvents(useExperiment.getState(), events));
    useTexts.setState(events.reduce(foldText, useTexts.getState()));
    usePreview.setState(events.reduce(foldPreview, usePreview.getState()));
    useInspection.setState(events.reduce(foldInspection, useInspection.getState()));
    models.follow(events);
    for (const event of events) react(event);
  }

  function react(event: WorkerEvent): void {
    if (event.type === 'started') lookAt(event.record);
    if (event.type === 'adapter') saveAdapter(event.arm, event.files);
    if (event.type === 'experiment-parts') complete(event);
    if (event.type === 'exported') saveFile(event.name, event.archive);
    if (event.type === 'log') setField('data.id', event.summary.id);
    if (event.type === 'phase' && event.phase === 'paused' && stepWhenReady) {
      stepWhenReady = false;
      send({ type: 'step' });
    }
    if (event.type === 'failed') {
      stepWhenReady = false;
      if (event.failure.code === 'device-lost') renew();
    }
  }

  /** Saves the experiment that these parts were asked for. */
  function complete(parts: Extract<WorkerEvent, { type: 'experiment-parts' }>): void {
    const record = exporting.get(parts.id);
    exporting.delete(parts.id);
    if (record !== undefined) void saveExperiment(record, parts);
  }

  /** A lost device does not come back: a fresh worker asks for another one. */
  function renew(): void {
    discard();
    ready();
  }

  function start(spec: RunSpec, paused: boolean): void {
    useExperiment.setState({ phase: 'preparing', stage: null, failure: null, certification: null });
    send({ type: 'run', spec, paused });
  }

  document.addEventListener('visibilitychange', foldHidden);

  return {
    run: (spec) => {
      start(spec, false);
    },
    pause: () => {
      send({ type: 'pause' });
    },
    resume: () => {
      send({ type: 'resume' });
    },
    step: (spec) => {
      if (isBusy(useExperiment.getState().phase)) {
        send({ type: 'step' });
      } else {
        stepWhenReady = true;
        start(spec, true);
      }
    },
    profile: (on) => {
      useProfiling.setState({ on });
      send({ type: 'profile', on });
    },
    stop: () => {
      stepWhenReady = false;
      send({ type: 'stop' });
    },
    forecastMemory: (spec) => {
      send({ type: 'forecast-memory', spec });
    },
    previewTemplates: (spec, asked) => {
      const question = usePreview.getState().question + 1;
      usePreview.setState({ question });
      send({ type: 'preview-templates', spec, question: { ...asked, id: question } });
    },
    exportAdapter: (arm) => {
      send({ type: 'export-adapter', arm });
    },
    exportExperiment: (record, arms, withLog) => {
      exporting.set(++exports, record);
      send({ type: 'export-experiment', id: exports, arms, log: withLog ? record.data.id : null });
    },
    generate: (request, spec) => {
      const numbered = { ...request, id: ++textRequests };
      useTexts.setState(asked(useTexts.getState(), numbered));
      send({ type: 'generate', request: numbered, spec });
    },
    cancelText: () => {
      send({ type: 'cancel-text' });
    },
    inspect: (question, spec) => {
      const request = { id: ++questions, question };
      useInspection.setState(questioned(useInspection.getState(), request));
      send({ type: 'inspect', request, spec });
    },
    exportOnnx: (speaker, spec) => {
      useTexts.setState(({ exporting }) => ({ exporting: [...exporting, speaker], problem: null }));
      send({ type: 'export-onnx', speaker, spec });
    },
    models,
    intake,
    probe: renew,
    dispose: () => {
      document.removeEventListener('visibilitychange', foldHidden);
      intake.dispose();
      discard();
    },
  };
}

function workerFailure(event: Event): Failure {
  // A script that could not be loaded reports a plain Event without a message.
  const detail =
    event instanceof ErrorEvent
      ? `${event.message}\n${event.filename}:${event.lineno}:${event.colno}`
      : 'The worker script could not be loaded.';
  return {
    code: 'internal',
    message: 'The training worker stopped with an error.',
    advice: 'Copy the details into an issue; Run starts a fresh worker. What was measured stays.',
    detail,
  };
}
