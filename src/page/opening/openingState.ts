import { create } from 'zustand';
import type { WantedLog } from '../notices/logNotice';
import type { PresetId } from '../../recipe/presets';
import type { LinkedView } from '../sharing/viewLink';

export type Recorded =
  | { readonly state: 'loading'; readonly done: number; readonly total: number }
  | { readonly state: 'loaded' }
  /** The site has none of this preset. */
  | { readonly state: 'absent'; readonly preset: PresetId }
  | { readonly state: 'dismissed' }
  | { readonly state: 'unreadable'; readonly reason: string };

export interface Opening {
  readonly recorded: Recorded;
  /** The preset whose recorded run was put on the page last; what is there now may be another run. */
  readonly shown: PresetId | null;
  /** Why a file or link that the person gave could not be opened. */
  readonly problem: string | null;
  /** The log that the recipe was made on, where it came from a link or a file without its log. */
  readonly wantedLog: WantedLog | null;
  /** What of the link that the page was opened with could not be read, a sentence each; the rest counts. */
  readonly linkProblems: readonly string[];
  /** A run file of another site that the link names, until the person has answered whether to request it. */
  readonly hostedRun: { readonly url: string; readonly view: LinkedView } | null;
  /** What the run that came in the link was shortened by. */
  readonly cut: readonly string[];
  /** A file is held over the page. */
  readonly dragging: boolean;
}

export const useOpening = create<Opening>()(() => ({
  recorded: { state: 'loading', done: 0, total: 0 },
  shown: null,
  problem: null,
  wantedLog: null,
  linkProblems: [],
  hostedRun: null,
  cut: [],
  dragging: false,
}));

export function setOpening(part: Partial<Opening> | ((opening: Opening) => Partial<Opening>)): void {
  useOpening.setState(part);
}
