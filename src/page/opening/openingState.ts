import { create } from 'zustand';
import type { WantedLog } from '../notices/logNotice';
import type { PresetId } from '../../recipe/presets';

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
  /** A file is held over the page. */
  readonly dragging: boolean;
}

export const useOpening = create<Opening>()(() => ({
  recorded: { state: 'loading', done: 0, total: 0 },
  shown: null,
  problem: null,
  wantedLog: null,
  dragging: false,
}));

export function setOpening(part: Partial<Opening>): void {
  useOpening.setState(part);
}
