import type { RawCandidates } from './candidates';
import type { ItemTable } from './items';
import type { EventColumns } from './readEvents';
import type { SourceMapping } from '../../recipe/logRecipe';
import type { EncodingTally } from '../source/text';
import type { Counted, Place } from './tally';

export interface SourceTally {
  readonly name: string;
  readonly part: SourceMapping['part'];
  /** Rows that were read, used or not; of a line that is a whole history, its items. */
  readonly rows: number;
  readonly encoding: EncodingTally;
  /** What its dataset's card says of its split, and the records that were read of it. */
  readonly listed?: { readonly split: string; readonly rows: number; readonly records: number };
}

/** Everything that stands in the files, before anything is filtered. */
export interface RawLog {
  /** Names of all sources, by the number that events carry. */
  readonly sourceNames: readonly string[];
  readonly sources: readonly SourceTally[];
  readonly users: readonly string[];
  readonly items: ItemTable;
  /** Names of the kinds of events, and the queries, by number. */
  readonly kinds: readonly string[];
  readonly queries: readonly string[];
  readonly events: EventColumns;
  /** Rows of events that became no event. Rows read = events + Σ rejected. */
  readonly rejected: readonly Counted[];
  /** Candidate sets of the files; null if they bring none. */
  readonly candidates: RawCandidates | null;
  /** Rows of items files that became no item, and of candidate sets that became no set. */
  readonly rejectedItems: readonly Counted[];
  /** What was odd about rows that were used. */
  readonly notes: readonly Counted[];
  /** Events of users and items whose IDs have a quote, a control or a replacement character in them. */
  readonly oddIds: { readonly rows: number; readonly first: readonly Place[]; readonly example: string };
  readonly outOfOrder: { readonly rows: number; readonly first: Place | null };
  /** Events that stood in a history beside another event alone. */
  readonly unfolded: number;
  /** Without times: nearly every history stands in the order of its items' ids, which is no order of time. */
  readonly sortedById: boolean;
  /** Some items file was read. */
  readonly itemsListed: boolean;
  /** `idsInFirstSeenOrder`: an id tells when its item came. */
  readonly idsTellTime: boolean;
  /** `idOrderCorrelation`, 0 if it may be chance. */
  readonly idOrder: number;
}
