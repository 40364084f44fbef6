import { create } from 'zustand';

export type Recorded =
  | { readonly state: 'loading'; readonly done: number; readonly total: number }
  | { readonly state: 'loaded' | 'absent' }
  | { readonly state: 'unreadable'; readonly reason: string };

export interface Opening {
  readonly recorded: Recorded;
  /** Why a file or link that the person gave could not be opened. */
  readonly problem: string | null;
  /** A file is held over the page. */
  readonly dragging: boolean;
}

export const useOpening = create<Opening>()(() => ({
  recorded: { state: 'loading', done: 0, total: 0 },
  problem: null,
  dragging: false,
}));

export function setOpening(part: Partial<Opening>): void {
  useOpening.setState(part);
}
