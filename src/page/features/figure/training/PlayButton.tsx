import { useEffect } from 'react';
import { t } from '../../../../words/words';
import { count } from '../../../../readings/format';
import { play, stopPlaying, usePlaying } from './play';
import { recordedSteps } from '../../../../readings/arms/armsOf';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';

/** Plays the recorded steps in every chart of the figure. @param compact shows its sign alone */
export function PlayButton({ compact = false }: { readonly compact?: boolean }) {
  const { arms } = useMeasuredRecord();
  const playing = usePlaying((state) => state.playing);
  useEffect(() => stopPlaying, []);
  const steps = recordedSteps(arms);
  const last = steps.at(-1);
  return (
    <button
      type="button"
      disabled={steps.length < 2}
      // Its place is kept until a run has two steps.
      style={steps.length < 2 ? { visibility: 'hidden' } : undefined}
      onClick={() => {
        if (playing) stopPlaying();
        else play(steps);
      }}
    >
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
        <path d={playing ? 'M1 0h3v10H1zM6 0h3v10H6z' : 'M1 0l8 5-8 5z'} fill="currentColor" />
      </svg>{' '}
      <span className={compact ? 'visually-hidden' : undefined}>
        {playing ? t('Stop playing') : t('Play its {steps} steps', { steps: count(last ?? 0) })}
      </span>
    </button>
  );
}
