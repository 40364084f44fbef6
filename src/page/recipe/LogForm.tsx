import { Fragment, lazy, Suspense, useId, useState } from 'react';
import type { LogFormat } from '../../log/exports';
import { SAMPLE_LOG } from '../../log/sampleLog';
import { count } from '../format';
import { Findings } from '../intake/Findings';
import { useIntake } from '../intake/intakeState';
import { openChosen } from '../opening/open';
import { useExperiment } from '../state/experiment';
import { setField, useRecipe } from '../state/recipe';
import { useSession } from '../state/SessionContext';
import styles from './LogForm.module.css';

const HubDataset = lazy(async () => ({ default: (await import('../intake/HubDataset')).HubDataset }));

/** Where a log comes in: always in sight, so that nobody must look for it. */
export function LogDrop() {
  const session = useSession();
  const id = useId();
  const log = useExperiment((experiment) => experiment.log);
  const dataId = useRecipe((recipe) => recipe.draft.data.id);
  const accepted = useIntake((intake) => intake.accepted);
  const [fromHub, setFromHub] = useState(false);
  return (
    <div className={styles.drop}>
      <label htmlFor={id}>Open a log</label>
      <input
        id={id}
        type="file"
        multiple
        accept=".csv,.tsv,.txt,.dat,.data,.item,.user,.inter,.json,.jsonl,.ndjson,.parquet,.gz,.zip,text/*"
        onChange={({ currentTarget }) => {
          openChosen(currentTarget, session);
        }}
      />
      <p>or drop it anywhere: CSV, JSON, Parquet, compressed or not. Your data never leaves this tab.</p>
      <button
        type="button"
        className="plain"
        aria-expanded={fromHub}
        onClick={() => {
          setFromHub(!fromHub);
        }}
      >
        From a hub
      </button>
      {fromHub && (
        <Suspense>
          <HubDataset />
        </Suspense>
      )}
      {accepted !== null && accepted === dataId && (
        <button type="button" className="plain" onClick={session.intake.reopen}>
          Change columns, filters, split
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
          Back to the sample store
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
          Use {log.summary.name}
        </button>
      )}
    </div>
  );
}

const EXPORTS: readonly { readonly format: LogFormat; readonly label: string }[] = [
  { format: 'recbole', label: 'RecBole' },
  { format: 'minionerec', label: 'MiniOneRec' },
];

/** What was read and what was left out. */
export function LogFacts() {
  const session = useSession();
  const opened = useExperiment((experiment) => experiment.log);
  const recorded = useExperiment((experiment) => experiment.record?.data);
  const dataId = useRecipe((recipe) => recipe.draft.data.id);
  const summary = opened?.summary.id === dataId ? opened.summary : recorded?.id === dataId ? recorded : null;
  if (!summary) return null;
  return (
    <div className={styles.facts}>
      <p>
        {count(summary.interactions)} interactions of {count(summary.users)} users with {count(summary.items)} items;{' '}
        {count(summary.queries)} with a query, {count(summary.exposures)} exposed and not clicked. {count(summary.coldTargets)}{' '}
        test targets are cold.
      </p>
      {summary.dropped.map(({ reason, rows }) => (
        <p key={reason}>
          {count(rows)} {rows === 1 ? 'row' : 'rows'} left out: {reason}
        </p>
      ))}
      {opened?.summary.id === dataId && <Findings findings={opened.findings} />}
      <p>
        Log and split as files of{' '}
        {EXPORTS.map(({ format, label }) => (
          <Fragment key={format}>
            <button
              type="button"
              className="plain"
              disabled={opened?.summary.id !== dataId && dataId !== SAMPLE_LOG.id}
              onClick={() => {
                session.exportLog(dataId, format);
              }}
            >
              {label}
            </button>{' '}
          </Fragment>
        ))}
        (ZIP)
      </p>
    </div>
  );
}
