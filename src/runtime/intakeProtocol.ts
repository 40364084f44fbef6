/**
 * The page's questions to an intake worker. One worker per intake: discarding the files terminates the
 * worker.
 */
import type { AuditFinding } from '../log/audit';
import type { TitleTrial } from '../log/audit/titleTrials';
import type { Finding } from '../log/findings';
import type { RowItem } from '../log/intake/rowItems';
import type { KeptEvents, RawLogFacts } from '../log/intake/overview';
import type { ReadProgress } from '../log/intake/readSources';
import type { SplitPreview } from '../log/intake/splitPreview';
import type { SourceGuess } from '../log/intake/guessSource';
import type { Remembered } from '../log/intake/headerSignature';
import type { OwnEvents } from '../log/intake/ownColumns';
import type { Counted } from '../log/intake/tally';
import type { TextSyntax } from '../log/records/syntax';
import type { LogIssue } from '../log/types';
import type { HubPlace } from '../model/source/httpSource';
import type { LogRecipe, SourceMapping } from '../recipe/logRecipe';
import type { WordQuestions } from './protocol';
import type { Method } from './rpc/messages';

/** A source, and what it was recognised as. `rows` are the first few, with long values shortened. */
export interface SeenSource extends SourceGuess {
  /** Bytes on disk. */
  readonly size: number;
}

/** Files as sources of a log. */
export interface SourceQuestions {
  /** Inspects files. Must be asked first. `missing` says why they are not a log. */
  readonly inspect: Method<{ readonly files: readonly File[]; readonly remembered: Remembered }, InspectedFiles>;
  /** Inspects one source again, without remembered mappings and with the syntax that the user chose. */
  readonly lookAgain: Method<{ readonly source: number; readonly syntax?: TextSyntax | undefined }, SeenSource>;
  /** Which items the first rows of a source are. */
  readonly rowItems: Method<{ readonly mappings: readonly SourceMapping[]; readonly leader: string }, readonly RowItem[]>;
}

export interface InspectedFiles {
  readonly sources: readonly SeenSource[];
  /** Files that are pictures; there may be no other sources. */
  readonly pictures: { readonly files: number; readonly bytes: number };
  readonly missing: string | null;
  /** How the source would be read that may hold events, if none was recognised. */
  readonly guess: OwnEvents | null;
}

/** A dataset on a hub, whose host the user has approved. */
export interface DatasetListing {
  /** The commit, or the revision if the server does not say. */
  readonly version: string;
  readonly files: readonly { readonly path: string; readonly bytes: number | null }[];
}

export interface DatasetQuestions {
  readonly list: Method<HubPlace, DatasetListing>;
  /** Downloads files, or takes them from the browser's store, and inspects them. */
  readonly open: Method<
    { readonly place: HubPlace; readonly paths: readonly string[]; readonly remembered: Remembered },
    InspectedDataset,
    ReadProgress
  >;
}

export interface InspectedDataset extends InspectedFiles {
  /** The downloaded files. */
  readonly files: readonly File[];
}

/** Pictures of a log's items, before any of them is opened. */
export interface PicturesFound {
  /** Number of items in the catalogue. */
  readonly items: number;
  /** Number of items by location of their picture: a file, the row itself, or a URL on one of the hosts. */
  readonly files: number;
  readonly inRows: number;
  readonly hosts: readonly { readonly origin: string; readonly pictures: number }[];
  /** Number of hosts that are not named, and not contacted. */
  readonly otherHosts: number;
  readonly unused: readonly Counted[];
  /** Whether the log has visual features, which are used. */
  readonly ownFeatures: boolean;
  readonly embedded: {
    readonly model: string;
    readonly items: number;
    readonly width: number;
    /** Pictures whose features were already stored. */
    readonly cached: number;
  } | null;
}

/** A vision model on a hub, whose host the user has approved, or the files of its folder. */
export type VisionChoice = { readonly place: HubPlace } | { readonly files: readonly File[]; readonly name: string };

export type PictureProgress =
  /** Bytes of the model; the total is 0 while unknown. */
  | { readonly stage: 'model'; readonly done: number; readonly total: number }
  /** Pictures, and those of them whose features were already stored. */
  | {
      readonly stage: 'pictures';
      readonly done: number;
      readonly total: number;
      readonly cached: number;
      readonly provider: 'wasm' | 'webgpu';
    };

export interface PictureQuestions {
  readonly find: Method<LogRecipe, PicturesFound>;
  /** Makes the log's visual features from its pictures; URLs are requested only from these origins. */
  readonly embed: Method<
    { readonly recipe: LogRecipe; readonly model: VisionChoice; readonly origins: readonly string[] },
    void,
    PictureProgress
  >;
}

/** Questions about sources as a log. */
export interface ReadingQuestions {
  /** Reads all files. */
  readonly read: Method<readonly SourceMapping[], ReadFiles, ReadProgress>;
  /** What a recipe would keep, at once, followed by findings about it and its split. */
  readonly survey: Method<LogRecipe, SurveyedSplit, SurveyPart>;
  /** Titles of the log under a recipe, for testing a model. */
  readonly titles: Method<LogRecipe, readonly TitleTrial[]>;
  /** Sends the finished log, a `HandedOver`, through the port; answers with its name. */
  readonly handOver: Method<{ readonly recipe: LogRecipe; readonly port: MessagePort }, string>;
}

/** `suggested` is the recipe that suits the log, before the user changes it. */
export interface ReadFiles {
  readonly facts: RawLogFacts;
  readonly suggested: LogRecipe;
}

export type SurveyPart =
  | { readonly type: 'kept'; readonly kept: KeptEvents }
  | { readonly type: 'found'; readonly findings: readonly Finding[] };

export interface SurveyedSplit {
  readonly split: SplitPreview;
  readonly audit: readonly AuditFinding[];
  /** Why the log cannot be used with this recipe. */
  readonly problem: string | null;
}

export interface IntakeServices {
  readonly words: WordQuestions;
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
