import { t } from '../../../../words/words';
import { lazy, Suspense, useId, useState } from 'react';
import { useFocusAfter } from '../../../ui/controls/mainFocus';
import { useIntake } from '../../../state/session/intakeState';
import { ONLINE_RETAIL, percentOf } from '../../../../log/siteLogs';
import { bytes } from '../../../../readings/format';
import { openChosen } from '../../../state/session/open';
import { useExperiment } from '../../../state/run/experiment';
import { setField, useRecipe } from '../../../state/recipe/recipe';
import { useSession } from '../../../state/session/SessionContext';
import styles from './Log.module.css';

const HubDataset = lazy(async () => ({ default: (await import('./HubDataset')).HubDataset }));

/** The input for a log, always visible so that nobody has to look for it. */
export function LogDrop() {
  const session = useSession();
  const id = useId();
  const log = useExperiment((experiment) => experiment.log);
  const dataId = useRecipe((recipe) => recipe.draft.data.id);
  const accepted = useIntake((intake) => intake.accepted);
  const part = useFocusAfter(() => document.getElementById(id)?.focus());
  const [fromHub, setFromHub] = useState(false);
  return (
    <div ref={part} className={styles.drop}>
      <label htmlFor={id}>{t('Open a log')}</label>
      <input
        id={id}
        type="file"
        multiple
        accept=".csv,.tsv,.txt,.dat,.data,.item,.user,.inter,.json,.jsonl,.ndjson,.parquet,.gz,.zip,text/*"
        onChange={({ currentTarget }) => {
          openChosen(currentTarget, session);
        }}
      />
      <p>{t('or drop it anywhere: CSV, JSON, Parquet, compressed or not. Your data never leaves this tab.')}</p>
      <button
        type="button"
        className="plain"
        aria-expanded={fromHub}
        onClick={() => {
          setFromHub(!fromHub);
        }}
      >
        {t('From a hub')}
      </button>
      {fromHub && (
        <Suspense>
          <HubDataset />
        </Suspense>
      )}
      {dataId !== ONLINE_RETAIL.id && log?.summary.id !== ONLINE_RETAIL.id && (
        <button
          type="button"
          className="plain"
          onClick={() => {
            session.intake.openSite(ONLINE_RETAIL);
          }}
        >
          {t('Open a real log: {name}, the first {percent} % ({size})', {
            name: ONLINE_RETAIL.title,
            percent: percentOf(ONLINE_RETAIL),
            size: bytes(ONLINE_RETAIL.bytes),
          })}
        </button>
      )}
      {accepted !== null && accepted === dataId && (
        <button type="button" className="plain" onClick={session.intake.reopen}>
          {t('Change columns, filters, split')}
        </button>
      )}
      {dataId !== 'sample' && (
        <button
          type="button"
          className="plain"
          onClick={() => {
            setField('data.id', 'sample');
          }}
        >
          {t('Back to the sample store')}
        </button>
      )}
      {log && dataId !== log.summary.id && (
        <button
          type="button"
          className="plain"
          onClick={() => {
            setField('data.id', log.summary.id);
          }}
        >
          {t('Use {log}', { log: log.summary.name })}
        </button>
      )}
    </div>
  );
}
