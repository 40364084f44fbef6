/** What the page asks of an intake worker. One worker an intake: to drop the files is to end the worker. */
import type { AuditFinding } from '../log/audit';
import type { TitleTrial } from '../log/audit/titleTrials';
import type { Finding } from '../log/intake/findings';
import type { RowItem } from '../log/intake/followRows';
import type { Kept, LogFacts } from '../log/intake/overview';
import type { ReadProgress } from '../log/intake/readSources';
import type { SplitPreview } from '../log/intake/splitPreview';
import type { Remembered, SourceGuess } from '../log/intake/guess';
import type { TextSyntax } from '../log/records/syntax';
import type { LogIssue } from '../log/types';
import type { HubPlace } from '../model/source/httpSource';
import type { LogRecipe, SourceMapping } from '../recipe/logRecipe';
import type { Method } from './rpc/messages';

/** A source and what it was taken for. `rows` are the first few, long values cut. */
export interface SeenSource extends SourceGuess {
  /** Bytes on disk. */
  readonly size: number;
}

/** Files as sources of a log. */
export interface SourceQuestions {
  /** Looks into files. Asked first. `missing` says why they are no log. */
  readonly inspect: Method<{ readonly files: readonly File[]; readonly remembered: Remembered }, InspectedFiles>;
  /** Looks into one source again without what was remembered, and written as the person says. */
  readonly lookAgain: Method<{ readonly source: number; readonly syntax?: TextSyntax | undefined }, SeenSource>;
  /** Which items the first rows of a source are. */
  readonly rowItems: Method<{ readonly mappings: readonly SourceMapping[]; readonly leader: string }, readonly RowItem[]>;
}

export interface InspectedFiles {
  readonly sources: readonly SeenSource[];
  readonly missing: string | null;
}

/** A dataset on a hub, whose host the person has agreed to. */
export interface DatasetListing {
  /** The commit, or the revision where the server does not say. */
  readonly version: string;
  readonly files: readonly { readonly path: string; readonly bytes: number | null }[];
}

export interface DatasetQuestions {
  readonly list: Method<HubPlace, DatasetListing>;
  /** Downloads files, or takes them from the browser's store, and looks into them. */
  readonly open: Method<
    { readonly place: HubPlace; readonly paths: readonly string[]; readonly remembered: Remembered },
    InspectedFiles,
    ReadProgress
  >;
}

/** Sources as a log. */
export interface ReadingQuestions {
  /** Reads all files. */
  readonly read: Method<readonly SourceMapping[], ReadFiles, ReadProgress>;
  /** What a recipe would keep: at once, then what is worth knowing of it, then how it is split. */
  readonly survey: Method<LogRecipe, SurveyedSplit, SurveyPart>;
  /** Titles of the log that a recipe makes, to be tried on a model. */
  readonly titles: Method<LogRecipe, readonly TitleTrial[]>;
  /** Sends the finished log, a `HandedOver`, through the port; answers its name. */
  readonly handOver: Method<{ readonly recipe: LogRecipe; readonly port: MessagePort }, string>;
}

/** `suggested` is the recipe that suits the log, before a person changes it. */
export interface ReadFiles {
  readonly facts: LogFacts;
  readonly suggested: LogRecipe;
}

export type SurveyPart =
  { readonly type: 'kept'; readonly kept: Kept } | { readonly type: 'found'; readonly findings: readonly Finding[] };

export interface SurveyedSplit {
  readonly split: SplitPreview;
  readonly audit: readonly AuditFinding[];
  /** Why the log cannot be used with this recipe. */
  readonly problem: string | null;
}

export interface IntakeServices {
  readonly datasets: DatasetQuestions;
  readonly sources: SourceQuestions;
  readonly reading: ReadingQuestions;
}

export interface Refusal {
  readonly message: string;
  readonly issues: readonly LogIssue[];
}

/** `broken`: not the files' fault. */
export interface IntakeFailure extends Refusal {
  readonly broken: boolean;
}
