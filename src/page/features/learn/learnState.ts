/** The user's place in the lessons, progress, and whether the browser stores it. */
import { create } from '../../state/store';
import { readPlace, writePlace, type LearnAddress } from '../../../learn/address';
import { progressOf, readProgress, type Progress } from '../../../learn/progress';
import { readLocalJson, writeLocal } from '../../state/kept/local';

const KEY = 'karma-learn';

interface Learn {
  readonly place: LearnAddress;
  readonly progress: Progress;
  /** False where storage is denied: then progress lasts as long as the page. */
  readonly kept: boolean;
}

export const useLearn = create<Learn>()(() => ({
  place: { kind: 'home' },
  progress: readProgress(readLocalJson(KEY)),
  kept: true,
}));

export function changeProgress(change: (progress: Progress) => Progress): void {
  const before = useLearn.getState().progress;
  const progress = change(before);
  if (progress === before) return;
  useLearn.setState({ progress, kept: writeLocal(KEY, JSON.stringify(progress)) });
}

/** A lesson without a step is resumed where it was left. */
function resumed(place: LearnAddress): LearnAddress {
  if (place.kind !== 'lesson' || place.step !== null) return place;
  return { ...place, step: progressOf(useLearn.getState().progress, place.lesson).step };
}

/** Goes to a place; the browser’s Back button returns from it. */
export function go(to: LearnAddress): void {
  const place = resumed(to);
  useLearn.setState({ place });
  history.pushState(history.state, '', addressOf(place));
}

/** Synchronises place and URL, when lessons are opened and after Back. */
export function followAddress(): void {
  const place = resumed(readPlace(location.search) ?? useLearn.getState().place);
  useLearn.setState({ place });
  history.replaceState(history.state, '', addressOf(place));
}

/** Leaves the lessons, and removes them from the URL. */
export function leaveAddress(): void {
  history.replaceState(history.state, '', addressOf(null));
}

function addressOf(place: LearnAddress | null): string {
  return `${location.pathname}${writePlace(location.search, place)}${location.hash}`;
}
