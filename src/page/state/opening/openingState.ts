import { create } from '../store';
import type { WantedLog } from '../../../files/logNotice';
import type { RecordedId } from '../../../recipe/recordedFiles';
import type { LinkedView } from '../../../files/viewLink';

export type Recorded =
  | { readonly state: 'loading'; readonly done: number; readonly total: number }
  | { readonly state: 'loaded' }
  /** The site has no such recorded run. */
  | { readonly state: 'absent'; readonly id: RecordedId }
  | { readonly state: 'dismissed' }
  | { readonly state: 'unreadable'; readonly reason: string };

export interface Opening {
  readonly recorded: Recorded;
  /** The recorded run that was shown last; another run may be shown now. */
  readonly shown: RecordedId | null;
  /** Why a file or link from the user could not be opened. */
  readonly problem: string | null;
  /** Name of the recipe file that was opened last, until that has been read. */
  readonly recipeFile: string | null;
  /** The log that the recipe was made on, if it came from a link or a file without its log. */
  readonly wantedLog: WantedLog | null;
  /** Sentences about the parts of the page's link that could not be read; the rest is applied. */
  readonly linkProblems: readonly string[];
  /** A run file of another site that the link names, until the user has answered whether to request it. */
  readonly hostedRun: { readonly url: string; readonly view: LinkedView } | null;
  /** How the run in the link was shortened. */
  readonly cut: readonly string[];
  /** A file is being dragged over the page. */
  readonly dragging: boolean;
}

export const useOpening = create<Opening>()(() => ({
  recorded: { state: 'loading', done: 0, total: 0 },
  shown: null,
  problem: null,
  recipeFile: null,
  wantedLog: null,
  linkProblems: [],
  hostedRun: null,
  cut: [],
  dragging: false,
}));

export function setOpening(part: Partial<Opening> | ((opening: Opening) => Partial<Opening>)): void {
  useOpening.setState(part);
}
