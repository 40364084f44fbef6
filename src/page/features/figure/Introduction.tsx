import { useEffect } from 'react';
import { t } from '../../../words/words';
import { useExperiment } from '../../state/run/experiment';
import { recordedSteps } from '../../../readings/arms/armsOf';
import { play } from './training/play';
import { PlayButton } from './training/PlayButton';
import styles from './Figure.module.css';

/** Whether the recorded run has been played automatically, which happens once per visit. */
let played = false;

/** What this page is, in two sentences, and one thing to do; shown above a run that was not started here. */
export function Introduction() {
  const source = useExperiment((experiment) => experiment.source);
  useEffect(() => {
    if (played || source !== 'recorded' || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    played = true;
    const { record } = useExperiment.getState();
    if (record) play(recordedSteps(record.arms));
  }, [source]);
  if (source !== 'recorded') return null;
  return (
    <section className={styles.introduction} aria-label={t('Introduction')}>
      <p>
        {t(
          'A small language model learns to predict the next item in a shop’s click log: once from clicks alone (Action), and once while also keeping its prediction readable as text (KARMA). This page trains both in your browser and shows what each does to ranking, attention and language; below is a run recorded earlier.',
        )}
      </p>
      <PlayButton />
    </section>
  );
}
