/** The page's questions to the training worker, and the worker's events. Types only; `rpc` transmits both. */
import type { DialledArm } from '../record/dial';
import type { OperatedModel, Surgery, SurgeryEffect } from '../record/surgery';
import type { TimeForecast } from '../experiment/forecast/forecastTime';
import type { ExportedType } from '../model/gguf/exportGguf';
import type { AuditFinding } from '../log/audit';
import type { TitleTrial } from '../log/audit/titleTrials';
import type { LogFormat } from '../log/exports';
import type { Finding } from '../log/findings';
import type { AdapterFile } from '../engine/peft/write';
import type { AdapterFiles } from '../experiment/train/startAdapter';
import type { TextPart, TextRequest } from '../record/generation';
import type { HistoryQuestion, InspectedHistory, InspectionAnswer, ItemsFound } from '../record/inspection';
import type { MemoryForecast } from '../record/memoryPlan';
import type { RunEvent } from '../record/runEvents';
import type { AdapterInfo, Certification, LogSummary, ModelSummary, RunRecord, StartRecord } from '../record/runRecord';
import type { PreviewQuestion, TemplatePreview } from '../record/templatePreview';
import type { RecordedId } from '../recipe/recordedFiles';
import type { RunSpec } from '../recipe/runSpec';
import type { Spoken } from '../words/languages';
import type { ExperimentParts } from '../experiment/train/experimentParts';
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
  /** False while one of them is incomplete, or some of a model's weights are missing. */
  readonly whole: boolean;
}

export interface KeptFiles {
  readonly groups: readonly KeptGroup[];
  /** Whether the browser stores files between visits. */
  readonly lasting: boolean;
  /** Why something could not be deleted. */
  readonly problem: string | null;
}

/** A stored checkpoint from which nothing can be resumed. */
export interface UnreadableRun {
  /** What is wrong with it. */
  readonly problem: string;
}

/** A run with a stored checkpoint. */
export interface KeptRun {
  /** The recipe as requested. */
  readonly spec: RunSpec;
  /** Steps that every arm had taken. */
  readonly step: number;
  /** Whether a newer checkpoint was damaged, or cut off when its writing was interrupted. */
  readonly older: boolean;
}

export interface DeviceQuestions {
  /**
   * Finds the adapter; fails with `no-webgpu`. Must be asked first.
   * @param ask the page's folder, absolute
   */
  readonly open: Method<string, AdapterInfo>;
}

export interface RunQuestions {
  /**
   * Prepares (model, log, features, certificate) and trains; with `paused` it stops before the first step.
   * With `resume` it continues from the stored checkpoint, if that is of this recipe. Answered when the run
   * has ended.
   */
  readonly start: Method<{ readonly spec: RunSpec; readonly paused: boolean; readonly resume?: boolean }>;
  readonly pause: Method;
  readonly resume: Method;
  /** One step of every arm, then pause. */
  readonly step: Method;
  /** Ends the run; what was measured is kept. */
  readonly stop: Method;
  /** Takes a checkpoint after the current step, since the page may be closed. */
  readonly keep: Method;
  /** The interrupted run that can be resumed. */
  readonly kept: Method<void, KeptRun | UnreadableRun | null>;
  /** Discards that run. */
  readonly drop: Method;
  /**
   * The page has stored the record of a run, named by its `createdAt`: once the run has ended by itself or by
   * `stop`, its checkpoint is deleted. Answered then, or when there is nothing to delete.
   */
  readonly release: Method<string>;
  /** Whether steps are profiled from now on, in this run and in those that follow. */
  readonly profile: Method<boolean>;
  /** What a run that does not end is waiting for. */
  readonly waitsFor: Method<void, RunWait>;
}

/** What a run was last heard of, and what has not answered it. */
export interface RunWait {
  /** The last step that was taken; null before the first. */
  readonly step: { readonly arm: string; readonly step: number } | null;
  /** The checkpoint, if that is what it waits for. */
  readonly checkpoint: 'reading' | 'writing' | null;
  /** Open reads of the GPU's memory, and open questions whether something succeeded. */
  readonly gpu: { readonly reads: number; readonly scopes: number };
}

export interface ModelQuestions {
  /** Origins of all hubs that may be contacted from now on, besides the default one. */
  readonly agree: Method<readonly string[]>;
  /** Loads a model and checks it. If cancelled, what has arrived is kept. */
  readonly fetch: Method<ModelChoice>;
  /** Registers dropped files as a model; answers with the model's ID. */
  readonly open: Method<{ readonly files: readonly File[]; readonly name: string }, string>;
  /**
   * Registers a PEFT adapter from which arms can start; answers with the recipe's LoRA if its arms start from
   * it. Without `spec` it is only stored.
   */
  readonly openAdapter: Method<
    { readonly folder: string; readonly files: AdapterFiles; readonly spec: RunSpec | null },
    { readonly start: StartRecord; readonly lora: RunSpec['lora'] } | null
  >;
  /** What the browser stores. */
  readonly list: Method<void, KeptFiles>;
  /** Deletes the stored files of a group. */
  readonly remove: Method<string, KeptFiles>;
}

export interface LogQuestions {
  /** A log will arrive through a port from the intake worker, as a `HandedOver`; answered when it has. */
  readonly take: Method<MessagePort>;
  /** Opens the stored log of that name from an earlier visit; answers whether there is one. */
  readonly restore: Method<string, boolean>;
  /**
   * Pictures of items by title, RGBA [side, side, 4], from the log with that ID and hash, without titles that
   * have none or that two items share.
   */
  readonly pictures: Method<
    { readonly id: string; readonly hash: string; readonly titles: readonly string[] },
    Readonly<Record<string, Uint8ClampedArray<ArrayBuffer>>>
  >;
}

export interface MemoryQuestions {
  /** How much GPU memory a recipe would take here. */
  readonly forecast: Method<RunSpec, MemoryForecast>;
  /**
   * How long steps and evaluations take, told from short measurements of the device; null where that cannot
   * be told, or while a run keeps it busy.
   */
  readonly time: Method<RunSpec, TimeForecast | null>;
  /** How much it would take with each of the curated models, by ID. */
  readonly survey: Method<RunSpec, Readonly<Record<string, MemoryForecast>>>;
}

/**
 * The models asked. Without `recorded`, the arms of the last run here or, if none was trained, the base model
 * on the log of `spec`; with it, the arms of the site's recorded run of that preset, whose recipe is `spec`.
 */
export interface ModelQuery {
  readonly spec: RunSpec;
  readonly recorded?: RecordedId | null | undefined;
}

export interface TextQuestions {
  /**
   * Lets base model and arms continue a prompt; answers with the seconds that it took. A run that starts or
   * resumes cancels it.
   */
  readonly speak: Method<{ readonly request: TextRequest } & ModelQuery, number, TextPart>;
}

export interface InspectionQuestions {
  /** Items whose title has all these words. */
  readonly find: Method<{ readonly text: string; readonly limit: number } & ModelQuery, ItemsFound>;
  /** The history before a user's test item; if none is named, `draw` draws one. */
  readonly user: Method<{ readonly user: string | null; readonly draw: number } & ModelQuery, InspectedHistory>;
  /** The arms' answers for a history: first, as a partial answer, without texts, then with them. */
  readonly history: Method<{ readonly question: HistoryQuestion } & ModelQuery, void, InspectionAnswer>;
}

/** How far an operation is in models, or what it found of one. */
export type OperationPart =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly label: string }
  | { readonly kind: 'operated'; readonly model: OperatedModel }
  | { readonly kind: 'heads'; readonly id: string; readonly label: string; readonly effects: readonly SurgeryEffect['hits'][] }
  | { readonly kind: 'dialled'; readonly arm: DialledArm };

/** Models are as in `InspectionQuestions`; a run that starts cancels these questions. */
export interface OperationQuestions {
  /** What an operation changes over test targets, in base model and arms, with its control. */
  readonly surgery: Method<{ readonly surgery: Surgery } & ModelQuery, void, OperationPart>;
  /** What cutting each head alone changes. */
  readonly heads: Method<ModelQuery, void, OperationPart>;
  /** Every arm at every point of the dial. */
  readonly dial: Method<ModelQuery, void, OperationPart>;
  /** An arm at that point as a folder that PEFT can read. */
  readonly dialledAdapter: Method<{ readonly arm: string; readonly t: number } & ModelQuery, readonly AdapterFile[]>;
}

export interface TemplateQuestions {
  /**
   * Texts by the templates of `spec`, in tokens of its model: first, as a partial answer, the example, then
   * with all texts counted.
   */
  readonly preview: Method<{ readonly spec: RunSpec; readonly question: PreviewQuestion }, TemplateAnswer, TemplatePreview>;
}

export interface TemplateAnswer {
  readonly preview: TemplatePreview | null;
  /** Why there is none. */
  readonly problem: string | null;
}

/** The files of an exported model: for transformers.js, for transformers, or for llama.cpp in that type. */
export type ExportForm = 'onnx' | 'safetensors' | ExportedType;

/** For arms of the last run, which has ended. */
export interface ExportQuestions {
  /** An arm's adapter as a folder that PEFT can read. */
  readonly adapter: Method<string, readonly AdapterFile[]>;
  /** Adapters of these arms, and the log with ID `log`. */
  readonly experiment: Method<{ readonly arms: readonly string[]; readonly log: string | null }, ExperimentParts>;
  /** The recipe with its log as a folder that PyTorch trains, as a ZIP; or why this is impossible. */
  readonly job: Method<Pick<RunRecord, 'spec' | 'model'>, { readonly archive: Blob } | { readonly problem: string }>;
  /** The log of that ID with its split as another program's files, as a ZIP; or why this is impossible. */
  readonly log: Method<
    { readonly id: string; readonly format: LogFormat },
    { readonly name: string; readonly archive: Blob } | { readonly problem: string }
  >;
  /** The base model, or an arm merged into it, as a ZIP or as one GGUF file. */
  readonly model: Method<
    { readonly speaker: string; readonly form: ExportForm } & ModelQuery,
    { readonly name: string; readonly archive: Blob }
  >;
}

export interface TitleProgress {
  readonly done: number;
  readonly total: number;
}

export interface TitleQuestions {
  /**
   * The audit's finding about titles that the recipe's model knows by heart; null if there is nothing to
   * test.
   */
  readonly known: Method<{ readonly spec: RunSpec; readonly trials: readonly TitleTrial[] }, AuditFinding | null, TitleProgress>;
}

export interface WordQuestions {
  /** From now on what the worker says is in that language. */
  readonly speak: Method<Spoken>;
}

export interface TrainingServices {
  readonly words: WordQuestions;
  readonly device: DeviceQuestions;
  readonly run: RunQuestions;
  readonly models: ModelQuestions;
  readonly logs: LogQuestions;
  readonly memory: MemoryQuestions;
  readonly texts: TextQuestions;
  readonly inspection: InspectionQuestions;
  readonly operations: OperationQuestions;
  readonly templates: TemplateQuestions;
  readonly exports: ExportQuestions;
  readonly titles: TitleQuestions;
}

export type WorkerEvent =
  | RunEvent
  | { readonly type: 'device'; readonly adapter: AdapterInfo }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'log'; readonly summary: LogSummary; readonly findings: readonly Finding[] }
  /** Whether the opened log is stored for the next visit, or why not. */
  | { readonly type: 'log-kept'; readonly problem: string | null }
  | { readonly type: 'model'; readonly model: ModelSummary }
  /** The requested model is not available: it was cancelled, or could not be loaded. */
  | { readonly type: 'model-absent'; readonly cancelled: boolean }
  | { readonly type: 'certificate'; readonly model: string; readonly certification: Certification }
  /** What a question needed has been loaded, or will not be. */
  | { readonly type: 'loaded' }
  /** Arms whose parameters the worker has, until the next run starts. */
  | { readonly type: 'trained'; readonly arms: readonly string[] }
  /** The device was lost; the run continues from this step on another one (null: from its start). */
  | { readonly type: 'recovering'; readonly step: number | null }
  /** A checkpoint was taken and stored, unless there is a problem. */
  | { readonly type: 'checkpoint'; readonly problem: string | null }
  | { readonly type: 'failed'; readonly failure: Failure };

export type Emit = (event: WorkerEvent) => void;
