import { lazy, Suspense, type ReactNode } from 'react';
import { t } from '../../../words/words';
import { SAMPLE_LOG } from '../../../log/sampleLog';
import { useExperiment } from '../../state/run/experiment';
import { useOpening } from '../../state/opening/openingState';
import { usePresenting } from '../../state/view/presenting';
import { setUnfolded, useView } from '../../state/view/view';
import { Apart } from '../../ui/ErrorBoundary';
import { Unfolded } from '../../ui/panel/chrome';
import { bytes } from '../../../readings/format';
import { ArmsShown } from './ArmsShown';
import type * as below from './below';
import { Frame } from './frame/Frame';
import { Preparing } from './frame/Preparing';
import { UsersShown } from './UsersShown';
import styles from './Figure.module.css';

// Panels below the picture, and the site's own finding, are not part of the first load.
const panel = (name: keyof typeof below) => lazy(async () => ({ default: (await import('./below'))[name] }));
const AttentionPanel = panel('AttentionPanel');
const CloserLook = panel('CloserLook');
const FidelityPanel = panel('FidelityPanel');
const FrameCurves = panel('FrameCurves');
const InferencePanel = panel('InferencePanel');
const ReadingPanel = panel('ReadingPanel');
const TrainingCharts = panel('TrainingCharts');
const TextPanel = panel('TextPanel');
const ShippedSweep = panel('ShippedSweep');
const Verdict = panel('Verdict');
const RateCurves = panel('RateCurves');
const Stage = panel('Stage');

/**
 * The page's figure: the picture that tells what the run shows, and every detail below it, folded to its
 * question.
 * @param children shown between the two
 */
export function Figure({ children }: { readonly children?: ReactNode }) {
  const hasRecord = useExperiment((experiment) => experiment.record !== null);
  // Another run's record would read as that of the run in preparation.
  const preparing = useExperiment((experiment) => experiment.beginning !== null);
  const shown = hasRecord && !preparing;
  const presenting = usePresenting(({ on }) => on);
  if (shown && presenting)
    return (
      <Suspense>
        <Stage />
      </Suspense>
    );
  return (
    <div className={styles.figure}>
      {shown || preparing ? (
        <Apart name={t('The picture')}>{shown ? <Frame Curves={FrameCurves} RateCurves={RateCurves} /> : <Preparing />}</Apart>
      ) : (
        <NothingYet />
      )}
      {children}
      {shown && <Details />}
    </div>
  );
}

function Details() {
  const sample = useExperiment((experiment) => experiment.record?.data.id === SAMPLE_LOG.id);
  const name = useExperiment((experiment) => experiment.record?.spec.name);
  const unfolded = useView((view) => view.unfolded);
  return (
    <section className={styles.details} aria-label={t('Details')}>
      <div className={styles.bar}>
        <h2>{t('Details')}</h2>
        <span translate="no">{name}</span>
        <button
          type="button"
          className="plain"
          aria-pressed={unfolded}
          onClick={() => {
            setUnfolded(!unfolded);
          }}
        >
          {t('Open all')}
        </button>
        <ArmsShown />
      </div>
      <UsersShown />
      <Unfolded value={unfolded}>
        <Suspense>
          <Apart name={t('The verdict')}>
            <Verdict />
          </Apart>
          <Apart name={t('Attention')}>
            <AttentionPanel />
          </Apart>
          {sample && (
            <Apart name={t('The finding over learning rates')}>
              <ShippedSweep />
            </Apart>
          )}
          <Apart name={t('The charts over training')}>
            <TrainingCharts />
          </Apart>
          <Apart name={t('Inference')}>
            <InferencePanel />
          </Apart>
          <Apart name={t('The closer look')}>
            <CloserLook />
          </Apart>
          <Apart name={t('Fidelity')}>
            <FidelityPanel />
          </Apart>
          <Apart name={t('Readings')}>
            <ReadingPanel />
          </Apart>
          <Apart name={t('Texts')}>
            <TextPanel />
          </Apart>
        </Suspense>
      </Unfolded>
    </section>
  );
}

function NothingYet() {
  const recorded = useOpening((opening) => opening.recorded);
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
