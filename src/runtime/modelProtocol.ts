/** What page and training worker say to each other about models: bringing them here, keeping them, whether they fit. */
import type { MemoryForecast } from '../record/memoryPlan';
import type { AdapterFiles } from '../experiment/startAdapter';
import type { StartRecord } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import type { Failure } from './failure';

/** Which model, and from where. */
export type ModelChoice = Pick<RunSpec['model'], 'id' | 'revision' | 'baseUrl'>;

export type ModelCommand =
  /** Bring a model here and check it; answered by `progress` …, then `fetched`, `fetch-failed` or `fetch-cancelled`. */
  | { readonly type: 'fetch-model'; readonly model: ModelChoice }
  /** Call off what is on its way; what has arrived is kept. */
  | { readonly type: 'cancel-model' }
  /** Files that a person dropped; answered by `model-opened`. */
  | { readonly type: 'open-model'; readonly files: readonly File[]; readonly name: string }
  /**
   * A PEFT adapter for arms to start from; answered by `adapter-opened` whether it fits `spec`, and by nothing where that is null: then it is
   * only kept for a recipe that names it.
   */
  | { readonly type: 'open-adapter'; readonly folder: string; readonly files: AdapterFiles; readonly spec: RunSpec | null }
  /** What a recipe would take of each of the curated models; answered by `survey` unless a later question has come. */
  | { readonly type: 'survey-models'; readonly spec: RunSpec }
  /** What the browser keeps; answered by `kept`. */
  | { readonly type: 'list-kept' }
  /** Delete what is kept of a group; answered by `kept`. */
  | { readonly type: 'delete-kept'; readonly group: string };

/** Files that belong together, such as those of a model. */
export interface KeptGroup {
  readonly group: string;
  readonly files: number;
  readonly bytes: number;
  /** False while one of them is only partly here, or a model has not all of its weights among them. */
  readonly whole: boolean;
}

export type ModelEvent =
  | { readonly type: 'fetched'; readonly id: string }
  | { readonly type: 'fetch-failed'; readonly failure: Failure }
  | { readonly type: 'fetch-cancelled' }
  /** A dropped model can be named by this id from now on. */
  | { readonly type: 'model-opened'; readonly id: string }
  /** The adapter and the recipe's LoRA if its arms start from it, or why they cannot. */
  | { readonly type: 'adapter-opened'; readonly start: StartRecord; readonly lora: RunSpec['lora'] }
  | { readonly type: 'adapter-refused'; readonly message: string }
  /** By id. */
  | { readonly type: 'survey'; readonly forecasts: Readonly<Record<string, MemoryForecast>> }
  /** `lasting`: the browser keeps files between visits. `problem`: why something could not be deleted. */
  | {
      readonly type: 'kept';
      readonly groups: readonly KeptGroup[];
      readonly lasting: boolean;
      readonly problem: string | null;
    };
