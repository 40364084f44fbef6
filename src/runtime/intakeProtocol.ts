/** What the page asks of an intake worker. One worker an intake: to drop the files is to end the worker. */
import type { AuditFinding } from '../log/audit';
import type { TitleTrial } from '../log/audit/titleTrials';
import type { Finding } from '../log/intake/findings';
import type { RowItem } from '../log/intake/rowItems';
import type { Kept, LogFacts } from '../log/intake/overview';
import type { ReadProgress } from '../log/intake/readSources';
import type { SplitPreview } from '../log/intake/splitPreview';
import type { SourceGuess } from '../log/intake/guess';
import type { Remembered } from '../log/intake/headerSignature';
import type { Counted } from '../log/intake/tally';
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
  /** Files that are pictures; there may be no sources beside them. */
  readonly pictures: { readonly files: number; readonly bytes: number };
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
    InspectedDataset,
    ReadProgress
  >;
}

export interface InspectedDataset extends InspectedFiles {
  /** What was downloaded. */
  readonly files: readonly File[];
}

/** Pictures of a log's items, as they are before any of them is opened. */
export interface PicturesFound {
  /** Of the catalogue. */
  readonly items: number;
  /** Items by where their picture is: a file, the row itself, or an address at one of the hosts. */
  readonly files: number;
  readonly inRows: number;
  readonly hosts: readonly { readonly origin: string; readonly pictures: number }[];
  /** Hosts that are not named, and not asked. */
  readonly otherHosts: number;
  readonly unused: readonly Counted[];
  /** The log brings visual features; they are used. */
  readonly ownFeatures: boolean;
  readonly embedded: {
    readonly model: string;
    readonly items: number;
    readonly width: number;
    /** Pictures whose features were kept from before. */
    readonly cached: number;
  } | null;
}

/** A vision model on a hub, whose host the person has agreed to, or the files of its folder. */
export type VisionChoice = { readonly place: HubPlace } | { readonly files: readonly File[]; readonly name: string };

export type PictureProgress =
  /** Bytes of the model; 0 in all while unknown. */
  | { readonly stage: 'model'; readonly done: number; readonly total: number }
  /** Pictures, and those of them whose features were kept from before. */
  | {
      readonly stage: 'pictures';
      readonly done: number;
      readonly total: number;
      readonly cached: number;
      readonly provider: 'wasm' | 'webgpu';
    };

export interface PictureQuestions {
  readonly find: Method<LogRecipe, PicturesFound>;
  /** Makes the log's visual features of its pictures; addresses are requested of these origins alone. */
  readonly embed: Method<
    { readonly recipe: LogRecipe; readonly model: VisionChoice; readonly origins: readonly string[] },
    void,
    PictureProgress
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
  | { readonly type: 'kept'; readonly kept: Kept }
  | { readonly type: 'found'; readonly findings: readonly Finding[] };

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
  readonly pictures: PictureQuestions;
}

export interface Refusal {
  readonly message: string;
  readonly issues: readonly LogIssue[];
}

/** `broken`: not the files' fault. */
export interface IntakeFailure extends Refusal {
  readonly broken: boolean;
}
