/** What page and training worker say to each other. Both sides switch on `type`; nothing else crosses. */
import type { Finding } from '../log/intake/findings';
import type { AdapterFile } from '../engine/peft/write';
import type { ExperimentParts } from './experimentParts';
import type { Failure } from './failure';
import type { ModelCommand, ModelEvent } from './modelProtocol';
import type { RunEvent } from '../record/runEvents';
import type { AdapterInfo, Certification, LogSummary, ModelSummary } from '../record/runRecord';
import type { TextEvent, TextRequest } from '../record/generation';
import type { InspectionEvent, InspectionRequest } from '../record/inspection';
import type { RunSpec } from '../recipe/runSpec';
import type { PreviewEvent, PreviewQuestion } from '../record/templatePreview';

export type Phase = 'idle' | 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed';

export type Command =
  | ModelCommand
  /** Find the adapter; answered by `device` or `failed` with `no-webgpu`. `baseUrl` is the page's folder, absolute. Sent first. */
  | { readonly type: 'probe-device'; readonly baseUrl: string }
  /** A log is about to come through a port from the intake worker, as a `HandedOver`; answered by `log` when it is here. */
  | { readonly type: 'take-log'; readonly port: MessagePort }
  /** How much GPU memory a recipe would take here; answered by `memory` unless a later question has come. */
  | { readonly type: 'forecast-memory'; readonly spec: RunSpec }
  /** Texts as the templates of `spec` make them, in tokens of its model; answered by PreviewEvents unless a later question has come. */
  | { readonly type: 'preview-templates'; readonly spec: RunSpec; readonly question: PreviewQuestion }
  /** Prepare (model, log, features, certificate) and start training. With `paused` it stops before the first step. */
  | { readonly type: 'run'; readonly spec: RunSpec; readonly paused: boolean }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** One step of every arm, then pause. */
  | { readonly type: 'step' }
  /** Whether steps are profiled from now on, in this run and in those that follow. */
  | { readonly type: 'profile'; readonly on: boolean }
  /** Write the adapter of an arm of the last run, which has ended; answered by `adapter`. */
  | { readonly type: 'export-adapter'; readonly arm: string }
  /** Adapters of arms of the last run, which has ended, and the log whose id is `log`; answered by `experiment-parts` of the same `id`. */
  | { readonly type: 'export-experiment'; readonly id: number; readonly arms: readonly string[]; readonly log: string | null }
  /** End the run; what was measured stays. */
  | { readonly type: 'stop' }
  /**
   * Lets the base model and all arms that are trained here continue a prompt; answered by TextEvents. Where none is trained, the base model
   * is that of `spec`. A run that begins or goes on calls it off.
   */
  | { readonly type: 'generate'; readonly request: TextRequest; readonly spec: RunSpec }
  | { readonly type: 'cancel-text' }
  /**
   * What the arms that are trained here make of a history, or items and users of their log; answered by InspectionEvents, of histories the
   * last one alone. Where no arm is trained, the base model and the log are those of `spec`.
   */
  | { readonly type: 'inspect'; readonly request: InspectionRequest; readonly spec: RunSpec }
  /** The base model (of `spec` where no arm is trained), or an arm merged into it, as ONNX; answered by `exported` or `export-failed`. */
  | { readonly type: 'export-onnx'; readonly speaker: string; readonly spec: RunSpec };

export type WorkerEvent =
  | RunEvent
  | ModelEvent
  | { readonly type: 'device'; readonly adapter: AdapterInfo }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'log'; readonly summary: LogSummary; readonly findings: readonly Finding[] }
  | { readonly type: 'model'; readonly model: ModelSummary }
  | { readonly type: 'certificate'; readonly certification: Certification }
  /** Arms whose parameters the worker has, until the next run starts. */
  | { readonly type: 'trained'; readonly arms: readonly string[] }
  /** An arm's adapter as a folder that PEFT reads. */
  | { readonly type: 'adapter'; readonly arm: string; readonly files: readonly AdapterFile[] }
  | ({ readonly type: 'experiment-parts'; readonly id: number } & ExperimentParts)
  | TextEvent
  | PreviewEvent
  | InspectionEvent
  | { readonly type: 'exported'; readonly speaker: string; readonly name: string; readonly archive: Blob }
  | { readonly type: 'export-failed'; readonly speaker: string; readonly message: string }
  | { readonly type: 'failed'; readonly failure: Failure };
