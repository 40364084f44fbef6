import type { RawCandidates } from './candidates';
import type { ItemTable } from './items';
import type { RawEventColumns } from './readEvents';
import type { SourceMapping } from '../../recipe/logRecipe';
import type { EncodingTally } from '../source/text';
import type { Counted, FilePosition } from './tally';

export interface SourceTally {
  readonly name: string;
  readonly part: SourceMapping['part'];
  /** Rows that were read, used or not; for a line that is a whole history, its items. */
  readonly rows: number;
  readonly encoding: EncodingTally;
  /** What its dataset's card says about its split, and the number of records read. */
  readonly listed?: { readonly split: string; readonly rows: number; readonly records: number };
}

/** Everything in the files, before filtering. */
export interface RawLog {
  /** Names of all sources, by the number stored with events. */
  readonly sourceNames: readonly string[];
  readonly sources: readonly SourceTally[];
  readonly users: readonly string[];
  readonly items: ItemTable;
  /** Names of the kinds of events, and the queries, by number. */
  readonly kinds: readonly string[];
  readonly queries: readonly string[];
  readonly events: RawEventColumns;
  /** Rows of events that gave no event. Rows read = events + Σ rejected. */
  readonly rejected: readonly Counted[];
  /** Candidate sets of the files; null if they have none. */
  readonly candidates: RawCandidates | null;
  /** Rows of items files that gave no item, and of candidate sets that gave no set. */
  readonly rejectedItems: readonly Counted[];
  /** Oddities of rows that were used. */
  readonly notes: readonly Counted[];
  /** Events of users and items whose IDs have a quote, a control or a replacement character in them. */
  readonly oddIds: { readonly rows: number; readonly first: readonly FilePosition[]; readonly example: string };
  readonly outOfOrder: { readonly rows: number; readonly first: FilePosition | null };
  /** Events that were only in a history beside another event. */
  readonly unfolded: number;
  /**
   * Without times: whether nearly every history is in the order of its items' IDs, which is not
   * chronological.
   */
  readonly sortedById: boolean;
  /** Whether an items file was read. */
  readonly itemsListed: boolean;
  /** `idsInFirstSeenOrder`: whether an ID reveals when its item appeared. */
  readonly idsTellTime: boolean;
  /** `idOrderCorrelation`, 0 if it may be chance. */
  readonly idOrder: number;
}
