import { useEffect } from 'react';
import { t } from '../../../../words/words';
import { count } from '../../../../readings/format';
import { play, stopPlaying, usePlaying } from './play';
import { recordedSteps } from '../../../../readings/arms/armsOf';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';

/** Plays the recorded steps in every chart of the figure. */
export function PlayButton() {
  const { arms } = useMeasuredRecord();
  const playing = usePlaying((state) => state.playing);
  useEffect(() => stopPlaying, []);
  const steps = recordedSteps(arms);
  const last = steps.at(-1);
  if (steps.length < 2 || last === undefined) return null;
  return (
    <button
      type="button"
      onClick={() => {
        if (playing) stopPlaying();
        else play(steps);
      }}
    >
      {playing ? t('Stop playing') : t('Play its {steps} steps', { steps: count(last) })}
    </button>
  );
}
