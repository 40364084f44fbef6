/** What the page asks of the training worker, and what that tells unasked. Types alone: `rpc` carries both. */
import type { AuditFinding } from '../log/audit';
import type { TitleTrial } from '../log/audit/titleTrials';
import type { LogFormat } from '../log/exports';
import type { Finding } from '../log/intake/findings';
import type { AdapterFile } from '../engine/peft/write';
import type { AdapterFiles } from '../experiment/startAdapter';
import type { TextPart, TextRequest } from '../record/generation';
import type { HistoryQuestion, InspectedHistory, InspectionAnswer, ItemsFound } from '../record/inspection';
import type { MemoryForecast } from '../record/memoryPlan';
import type { RunEvent } from '../record/runEvents';
import type { AdapterInfo, Certification, LogSummary, ModelSummary, StartRecord } from '../record/runRecord';
import type { PreviewQuestion, TemplatePreview } from '../record/templatePreview';
import type { PresetId } from '../recipe/presets';
import type { RunSpec } from '../recipe/runSpec';
import type { ExperimentParts } from './experimentParts';
import type { Failure } from './failure';
import type { Method } from './rpc/messages';

export type Phase = 'idle' | 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed';

/** Which model, and from where. */
export type ModelChoice = Pick<RunSpec['model'], 'id' | 'revision' | 'baseUrl'>;

/** Files that belong together, such as those of a model. */
export interface KeptGroup {
  readonly group: string;
  readonly files: number;
  readonly bytes: number;
  /** False while one of them is only partly here, or a model has not all of its weights among them. */
  readonly whole: boolean;
}

export interface Kept {
  readonly groups: readonly KeptGroup[];
  /** The browser stores files between visits. */
  readonly lasting: boolean;
  /** Why something could not be deleted. */
  readonly problem: string | null;
}

/** A run of which a checkpoint is kept. */
export interface KeptRun {
  /** The recipe as it was asked for. */
  readonly spec: RunSpec;
  /** Steps that every arm had taken. */
  readonly step: number;
}

export interface DeviceQuestions {
  /** Finds the adapter; fails with `no-webgpu`. Asked first. @param ask the page's folder, absolute */
  readonly open: Method<string, AdapterInfo>;
}

export interface RunQuestions {
  /**
   * Prepares (model, log, features, certificate) and trains; with `paused` it stops before the first step. With `resume` it continues from the
   * checkpoint that is kept, if that is of this recipe. Answered when the run has ended.
   */
  readonly start: Method<{ readonly spec: RunSpec; readonly paused: boolean; readonly resume?: boolean }>;
  readonly pause: Method;
  readonly resume: Method;
  /** One step of every arm, then pause. */
  readonly step: Method;
  /** Ends the run; what was measured stays. */
  readonly stop: Method;
  /** Takes a checkpoint after the step under way: the page may go. */
  readonly keep: Method;
  /** The run that was cut off and can be resumed. */
  readonly kept: Method<void, KeptRun | null>;
  /** Lets that run go. */
  readonly drop: Method;
  /** Whether steps are profiled from now on, in this run and in those that follow. */
  readonly profile: Method<boolean>;
}

export interface ModelQuestions {
  /** Origins of all hubs that may be contacted from now on, beside the usual one. */
  readonly agree: Method<readonly string[]>;
  /** Brings a model here and checks it. Called off, what has arrived is kept. */
  readonly fetch: Method<ModelChoice>;
  /** Takes files that a person dropped; answers by which id the model can be named from now on. */
  readonly open: Method<{ readonly files: readonly File[]; readonly name: string }, string>;
  /** Takes a PEFT adapter for arms to start from; answers the recipe's LoRA if its arms start from it. Without `spec` it is only kept. */
  readonly openAdapter: Method<
    { readonly folder: string; readonly files: AdapterFiles; readonly spec: RunSpec | null },
    { readonly start: StartRecord; readonly lora: RunSpec['lora'] } | null
  >;
  /** What the browser stores. */
  readonly list: Method<void, Kept>;
  /** Deletes what is kept of a group. */
  readonly remove: Method<string, Kept>;
}

export interface LogQuestions {
  /** A log is about to come through a port from the intake worker, as a `HandedOver`; answered when it is here. */
  readonly take: Method<MessagePort>;
  /** Opens the log of that name that is kept from a visit before; answers whether there is one. */
  readonly restore: Method<string, boolean>;
  /** Pictures of items by their titles, RGBA [side, side, 4], of the log with that id and hash; those that it cannot show, or two items share, are left out. */
  readonly pictures: Method<
    { readonly id: string; readonly hash: string; readonly titles: readonly string[] },
    Readonly<Record<string, Uint8ClampedArray<ArrayBuffer>>>
  >;
}

export interface MemoryQuestions {
  /** How much GPU memory a recipe would take here. */
  readonly forecast: Method<RunSpec, MemoryForecast>;
  /** What it would take of each of the curated models, by id. */
  readonly survey: Method<RunSpec, Readonly<Record<string, MemoryForecast>>>;
}

/**
 * Who is asked. Without `recorded`, the arms of the last run here or, where none was trained, the base model on the log of `spec`; with it, the
 * arms of the run that the site has of that preset, whose recipe `spec` is.
 */
export interface Asked {
  readonly spec: RunSpec;
  readonly recorded?: PresetId | null | undefined;
}

export interface TextQuestions {
  /** Lets base model and arms continue a prompt; answers with the seconds that took. A run that begins or goes on cancels it. */
  readonly speak: Method<{ readonly request: TextRequest } & Asked, number, TextPart>;
}

export interface InspectionQuestions {
  /** Items whose title has all these words. */
  readonly find: Method<{ readonly text: string; readonly limit: number } & Asked, ItemsFound>;
  /** The history before a user's test item; of some user, drawn by `draw`, where none is named. */
  readonly user: Method<{ readonly user: string | null; readonly draw: number } & Asked, InspectedHistory>;
  /** What the arms make of a history: in part without texts, then with them. */
  readonly history: Method<{ readonly question: HistoryQuestion } & Asked, void, InspectionAnswer>;
}

export interface TemplateQuestions {
  /** Texts as the templates of `spec` make them, in tokens of its model: the example in part, then with all texts counted. */
  readonly preview: Method<{ readonly spec: RunSpec; readonly question: PreviewQuestion }, TemplateAnswer, TemplatePreview>;
}

export interface TemplateAnswer {
  readonly preview: TemplatePreview | null;
  /** Why there is none. */
  readonly problem: string | null;
}

/** Of arms of the last run, which has ended. */
export interface ExportQuestions {
  /** An arm's adapter as a folder that PEFT reads. */
  readonly adapter: Method<string, readonly AdapterFile[]>;
  /** Adapters of these arms, and the log whose id is `log`. */
  readonly experiment: Method<{ readonly arms: readonly string[]; readonly log: string | null }, ExperimentParts>;
  /** The recipe with its log as a folder that PyTorch trains, packed; or why it cannot be. */
  readonly job: Method<RunSpec, { readonly archive: Blob } | { readonly problem: string }>;
  /** The log of that id with its split as files of another program, packed; or why it cannot be. */
  readonly log: Method<
    { readonly id: string; readonly format: LogFormat },
    { readonly name: string; readonly archive: Blob } | { readonly problem: string }
  >;
  /** The base model, or an arm merged into it, as ONNX. */
  readonly onnx: Method<{ readonly speaker: string } & Asked, { readonly name: string; readonly archive: Blob }>;
}

export interface TitleProgress {
  readonly done: number;
  readonly total: number;
}

export interface TitleQuestions {
  /** What an audit says of titles that the recipe's model knows by heart; null if there is nothing to try. */
  readonly known: Method<{ readonly spec: RunSpec; readonly trials: readonly TitleTrial[] }, AuditFinding | null, TitleProgress>;
}

export interface TrainingServices {
  readonly device: DeviceQuestions;
  readonly run: RunQuestions;
  readonly models: ModelQuestions;
  readonly logs: LogQuestions;
  readonly memory: MemoryQuestions;
  readonly texts: TextQuestions;
  readonly inspection: InspectionQuestions;
  readonly templates: TemplateQuestions;
  readonly exports: ExportQuestions;
  readonly titles: TitleQuestions;
}

export type WorkerEvent =
  | RunEvent
  | { readonly type: 'device'; readonly adapter: AdapterInfo }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'log'; readonly summary: LogSummary; readonly findings: readonly Finding[] }
  /** Whether the log that was opened is stored for the next visit, or why not. */
  | { readonly type: 'log-kept'; readonly problem: string | null }
  | { readonly type: 'model'; readonly model: ModelSummary }
  /** The model that was asked for is not here: it was cancelled, or could not be had. */
  | { readonly type: 'model-absent'; readonly cancelled: boolean }
  | { readonly type: 'certificate'; readonly model: string; readonly certification: Certification }
  /** What a question needed is loaded, or is not going to be. */
  | { readonly type: 'loaded' }
  /** Arms whose parameters the worker has, until the next run starts. */
  | { readonly type: 'trained'; readonly arms: readonly string[] }
  /** The device was lost; the run continues from this step on another one (null: from its start). */
  | { readonly type: 'recovering'; readonly step: number | null }
  /** A checkpoint was taken and is kept, unless there is a problem. */
  | { readonly type: 'checkpoint'; readonly problem: string | null }
  | { readonly type: 'failed'; readonly failure: Failure };

export type Emit = (event: WorkerEvent) => void;
