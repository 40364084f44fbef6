/** What page and intake worker say to each other. One worker an intake: to drop the files is to end the worker. */
import type { Finding } from '../log/intake/findings';
import type { RowItem } from '../log/intake/followRows';
import type { Kept, LogFacts } from '../log/intake/overview';
import type { ReadProgress } from '../log/intake/readSources';
import type { SplitPreview } from '../log/intake/splitPreview';
import type { Remembered, SourceGuess } from '../log/intake/guess';
import type { TextSyntax } from '../log/records/syntax';
import type { LogIssue } from '../log/types';
import type { LogRecipe, SourceMapping } from '../recipe/logRecipe';

/** A source and what it was taken for. `rows` are the first few, long values cut. */
export interface SeenSource extends SourceGuess {
  /** Bytes on disk. */
  readonly size: number;
}

export type IntakeCommand =
  /** Look into files; answered by `inspected` or `refused`. Sent first. */
  | { readonly type: 'inspect'; readonly files: readonly File[]; readonly remembered: Remembered }
  /** Look into one source again without what was remembered, and written as the person says; answered by `looked-again` or `refused`. */
  | { readonly type: 'look-again'; readonly source: number; readonly syntax?: TextSyntax | undefined }
  /** Which items the first rows of a source are; answered by `row-items`, or `refused` where it cannot be read. */
  | { readonly type: 'row-items'; readonly mappings: readonly SourceMapping[]; readonly leader: string }
  /** Read all files; answered by `reading` …, then `read`, `refused` or `cancelled`. */
  | { readonly type: 'read'; readonly mappings: readonly SourceMapping[] }
  | { readonly type: 'cancel' }
  /** What a recipe would keep; answered by `kept`, `found`, `split`, unless a later question has come. */
  | { readonly type: 'survey'; readonly recipe: LogRecipe; readonly question: number }
  /** Send the finished log, a `HandedOver`, through the port; answered by `handed-over` or `refused`. */
  | { readonly type: 'hand-over'; readonly recipe: LogRecipe; readonly port: MessagePort };

export interface Refusal {
  readonly message: string;
  readonly issues: readonly LogIssue[];
}

export type IntakeEvent =
  | { readonly type: 'inspected'; readonly sources: readonly SeenSource[]; readonly missing: string | null }
  | { readonly type: 'looked-again'; readonly source: number; readonly seen: SeenSource }
  | { readonly type: 'row-items'; readonly leader: string; readonly items: readonly RowItem[] }
  | { readonly type: 'reading'; readonly progress: ReadProgress }
  /** `suggested` is the recipe that suits the log, before a person changes it. */
  | { readonly type: 'read'; readonly facts: LogFacts; readonly suggested: LogRecipe }
  | { readonly type: 'cancelled' }
  | { readonly type: 'kept'; readonly question: number; readonly kept: Kept }
  | { readonly type: 'found'; readonly question: number; readonly findings: readonly Finding[] }
  /** `problem` says why the log cannot be used with this recipe. */
  | { readonly type: 'split'; readonly question: number; readonly split: SplitPreview; readonly problem: string | null }
  | { readonly type: 'handed-over'; readonly name: string }
  | ({ readonly type: 'refused' } & Refusal);
