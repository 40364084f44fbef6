/** Plays a record: shows one recorded step after the other. */
import { create } from '../../../state/store';
import { setView, useView } from '../../../state/view/view';

/** Milliseconds for which a step is shown, and the maximum for a whole record. */
const FRAME = 700;
const LONGEST = 12_000;

interface Playing {
  readonly playing: boolean;
}

export const usePlaying = create<Playing>()(() => ({ playing: false }));

let timer: ReturnType<typeof setInterval> | null = null;
/** The step set last; another one in the view means that the reader took over. */
let shown: number | null = null;

/** @param steps recorded steps, ascending; at the last one the view follows the latest again */
export function play(steps: readonly number[]): void {
  stopPlaying();
  const last = steps.at(-1);
  if (steps.length < 2 || last === undefined) return;
  let at = 0;
  const show = (): void => {
    if (at > 0 && useView.getState().step !== shown) {
      stopPlaying();
      return;
    }
    const step = steps[at]!;
    shown = step === last ? null : step;
    setView({ step: shown });
    at += 1;
    if (at === steps.length) stopPlaying();
  };
  usePlaying.setState({ playing: true });
  timer = setInterval(show, Math.min(FRAME, LONGEST / steps.length));
  show();
}

export function stopPlaying(): void {
  if (timer !== null) clearInterval(timer);
  timer = null;
  usePlaying.setState({ playing: false });
}
