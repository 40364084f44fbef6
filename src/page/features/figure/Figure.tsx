import { lazy, Suspense } from 'react';
import { t } from '../../../words/words';
import { SAMPLE_LOG } from '../../../log/sampleLog';
import { useExperiment } from '../../state/run/experiment';
import { useOpening } from '../../state/opening/openingState';
import { Apart } from '../../ui/ErrorBoundary';
import { bytes } from '../../../readings/format';
import { ArmsShown } from './ArmsShown';
import { AttentionPanel } from './attention/AttentionPanel';
import type * as below from './below';
import { Introduction } from './Introduction';
import { Verdict } from './verdict/Verdict';
import { UsersShown } from './UsersShown';
import styles from './Figure.module.css';

// Panels below the maps, and the site's own finding, are not part of the first load.
const panel = (name: keyof typeof below) => lazy(async () => ({ default: (await import('./below'))[name] }));
const CloserLook = panel('CloserLook');
const FidelityPanel = panel('FidelityPanel');
const InferencePanel = panel('InferencePanel');
const ReadingPanel = panel('ReadingPanel');
const TrainingCharts = panel('TrainingCharts');
const TextPanel = panel('TextPanel');
const ShippedSweep = panel('ShippedSweep');

/** The page's figure: attention, measures over training, and what the embedding says. */
export function Figure() {
  const hasRecord = useExperiment((experiment) => experiment.record !== null);
  const sample = useExperiment((experiment) => experiment.record?.data.id === SAMPLE_LOG.id);
  if (!hasRecord) return <NothingYet />;
  return (
    <div className={styles.figure}>
      <Introduction />
      <ArmsShown />
      <UsersShown />
      <Apart name={t('The verdict')}>
        <Verdict />
      </Apart>
      <Apart name={t('Attention')}>
        <AttentionPanel />
      </Apart>
      {sample && (
        <Apart name={t('The finding over learning rates')}>
          <Suspense>
            <ShippedSweep />
          </Suspense>
        </Apart>
      )}
      <Apart name={t('The charts over training')}>
        <Suspense>
          <TrainingCharts />
        </Suspense>
      </Apart>
      <Apart name={t('Inference')}>
        <Suspense>
          <InferencePanel />
        </Suspense>
      </Apart>
      <hr />
      <Apart name={t('The closer look')}>
        <Suspense>
          <CloserLook />
        </Suspense>
      </Apart>
      <hr />
      <Apart name={t('Fidelity')}>
        <Suspense>
          <FidelityPanel />
        </Suspense>
      </Apart>
      <hr />
      <Apart name={t('Readings')}>
        <Suspense>
          <ReadingPanel />
        </Suspense>
      </Apart>
      <hr />
      <Apart name={t('Texts')}>
        <Suspense>
          <TextPanel />
        </Suspense>
      </Apart>
    </div>
  );
}

function NothingYet() {
  const recorded = useOpening((opening) => opening.recorded);
  const phase = useExperiment((experiment) => experiment.phase);
  if (recorded.state === 'loading') {
    const { done, total } = recorded;
    return (
      <p className={styles.empty}>
        {done === 0
          ? t('Loading the recorded experiment')
          : total === 0
            ? t('Loading the recorded experiment: {done}', { done: bytes(done) })
            : t('Loading the recorded experiment: {done} of {total}', { done: bytes(done), total: bytes(total) })}
      </p>
    );
  }
  if (phase === 'preparing') return <p className={styles.empty}>{t('The figure appears when training starts.')}</p>;
  return (
    <div className={styles.empty}>
      <p>{t('No experiment on the page.')}</p>
      <p>
        {t(
          'Run trains the recipe’s arms on the log and plots attention, HR@K, losses and collapse as it goes. Open shows a run record from a file.',
        )}
      </p>
    </div>
  );
}
