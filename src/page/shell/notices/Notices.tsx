import { useState } from 'react';
import { TRAINING } from '../actions/training';
import { useAction } from '../actions/useActions';
import { AdapterOffer } from '../../features/recipe/models/AdapterOffer';
import { CopyButton } from '../../ui/controls/CopyButton';
import { useView } from '../../state/view/view';
import { setOpening, useOpening } from '../../state/opening/openingState';
import { useExperiment } from '../../state/run/experiment';
import { BuildNotice } from './BuildNotice';
import { FolderNotice } from './FolderNotice';
import { HubNotice } from './HubNotice';
import { LanguageNotice } from './LanguageNotice';
import { LinkNotice } from './LinkNotice';
import { LogNotice } from './LogNotice';
import { KeptRunNotice, RecoveryNotice, SilenceNotice } from './KeptRunNotice';
import { NoWebGpu } from './NoWebGpu';
import { RecipeNotice } from './RecipeNotice';
import { RunWarnings } from './RunWarnings';
import { StorageNotice } from './StorageNotice';
import { TabNotice } from './TabNotice';
import { useTabWatch } from './useTabWatch';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/** Everything that the user must know before reading on, between the run bar and the figure. */
export function Notices() {
  return (
    <>
      <RunFailure />
      <RunWarnings />
      <HubNotice />
      <BuildNotice />
      <LanguageNotice />
      <StorageNotice />
      <FolderNotice />
      <LogNotice />
      <KeptRunNotice />
      <TabNotice />
      <RecoveryNotice />
      <SilenceNotice />
      <DeviceNotice />
      <OpeningProblem />
      <RecipeNotice />
      <LinkNotice />
      <AdapterOffer />
      <HiddenTab />
    </>
  );
}

function RunFailure() {
  const failure = useExperiment((experiment) => experiment.failure);
  const { act, hindrance } = useAction(TRAINING, 'run');
  if (!failure) return null;
  return (
    <section className={styles.notice} data-alarm="" role="alert">
      <h2>{failure.message}</h2>
      <p>{failure.advice}</p>
      <pre className={styles.detail} translate="no">
        {failure.detail}
      </pre>
      <p className={styles.actions}>
        <button type="button" onClick={act} disabled={hindrance !== null}>
          {t('Try again')}
        </button>
        <CopyButton label={t('Copy details')} text={`${failure.code}: ${failure.message}\n${failure.detail}`} />
      </p>
    </section>
  );
}

function DeviceNotice() {
  const device = useExperiment((experiment) => experiment.device);
  // That nothing can be trained is known at once if the API is missing, but only after the page has been
  // drawn if there is no adapter.
  const [late] = useState(device.state === 'probing');
  // A story is told without training.
  const told = useView((view) => view.centre === 'figure');
  return device.state === 'missing' && !told ? <NoWebGpu failure={device.failure} late={late} /> : null;
}

function OpeningProblem() {
  const problem = useOpening((opening) => opening.problem);
  const recorded = useOpening((opening) => opening.recorded);
  const text =
    problem ??
    (recorded.state === 'unreadable'
      ? t('The recorded experiment could not be read. {reason} Run still works.', { reason: recorded.reason })
      : null);
  if (text === null) return null;
  return (
    <section className={styles.notice} role="alert">
      <p>{text}</p>
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            setOpening({ problem: null, ...(recorded.state === 'unreadable' && { recorded: { state: 'dismissed' } }) });
          }}
        >
          {t('Dismiss')}
        </button>
      </p>
    </section>
  );
}

function HiddenTab() {
  const running = useExperiment((experiment) => experiment.phase === 'running');
  const { hiddenSeconds, dismiss } = useTabWatch(running);
  if (hiddenSeconds === 0) return null;
  return (
    <section className={styles.notice} role="status">
      <p>
        {t(
          'This tab was hidden for {seconds} s while training. Browsers throttle hidden tabs: losses and HR are unaffected, but seconds and steps/s of that period mean little.',
          { seconds: hiddenSeconds },
        )}
      </p>
      <p className={styles.actions}>
        <button type="button" onClick={dismiss}>
          {t('Dismiss')}
        </button>
      </p>
    </section>
  );
}
