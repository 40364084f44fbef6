import { useEffect, useRef } from 'react';
import { message, t } from '../../../words/words';
import { useModal } from '../../ui/controls/useModal';
import { bytes, count } from '../../../readings/format';
import { useSession } from '../../state/session/SessionContext';
import { AuditStep } from './steps/AuditStep';
import { CheckStep } from './steps/CheckStep';
import { ColumnsStep } from './steps/ColumnsStep';
import { FilesStep } from './steps/FilesStep';
import { FiltersStep } from './steps/FiltersStep';
import { ReportStep } from './steps/ReportStep';
import { SplitStep } from './steps/SplitStep';
import {
  hasEvents,
  isRead,
  isReadable,
  isUsable,
  STEPS,
  useIntake,
  type IntakeState,
  type IntakeStep,
} from '../../state/session/intakeState';
import { Reading } from './Reading';
import { Refused } from './Refused';
import styles from './steps/Intake.module.css';

const TITLES: Readonly<Record<(typeof STEPS)[number], string>> = {
  files: message('Files'),
  columns: message('Columns'),
  report: message('Report'),
  filters: message('Filters'),
  split: message('Split'),
  audit: message('Audit'),
};

/** From dropped files to a log: one question, behind which are the steps that can change everything. */
export function IntakeDialog() {
  const { intake: session } = useSession();
  const open = useIntake((intake) => intake.open);
  const dialog = useModal(open);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="intake-title"
      onCancel={(event) => {
        // Closing is up to the session, which may refuse.
        event.preventDefault();
        session.close();
      }}
    >
      {open && (
        <>
          <Head />
          <Body />
          <Foot />
        </>
      )}
    </dialog>
  );
}

function Head() {
  const { intake: session } = useSession();
  const files = useIntake((intake) => intake.files);
  const step = useIntake((intake) => intake.step);
  const readable = useIntake(isReadable);
  const inspected = useIntake((intake) => intake.sources.length > 0);
  return (
    <header className={styles.head}>
      <h2 id="intake-title">
        {t('Open a log')}{' '}
        {files.length > 3 ? (
          <span title={files.join('\n')}>{t('{n} files', { n: files.length })}</span>
        ) : (
          <span title={files.join('\n')} translate="no">
            {files.join(', ')}
          </span>
        )}
      </h2>
      {step !== 'check' && (
        <ol className={styles.steps} aria-label={t('Steps')}>
          {STEPS.map((one, at) => (
            <li key={one}>
              <button
                type="button"
                aria-current={one === step ? 'step' : undefined}
                disabled={!inspected || (at > 1 && !readable)}
                onClick={() => {
                  session.goTo(one);
                }}
              >
                <span aria-hidden="true">{at + 1}</span> {t(TITLES[one])}
              </button>
            </li>
          ))}
        </ol>
      )}
    </header>
  );
}

function Body() {
  const step = useIntake((intake) => intake.step);
  const busy = useIntake((intake) => intake.busy);
  const inspected = useIntake((intake) => intake.sources.length > 0);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    body.current?.scrollTo(0, 0);
    // The last step has no Next, the question no Back: the button that led there is gone.
    if (document.activeElement === document.body) body.current?.focus();
  }, [step]);
  return (
    <div ref={body} className={styles.body} aria-busy={busy !== null} tabIndex={0}>
      <Refused />
      {inspected && step === 'check' && (
        <Reading>
          <CheckStep />
        </Reading>
      )}
      {inspected && step === 'files' && <FilesStep />}
      {inspected && step === 'columns' && <ColumnsStep />}
      {step === 'report' && (
        <Reading>
          <ReportStep />
        </Reading>
      )}
      {step === 'filters' && (
        <Reading>
          <FiltersStep />
        </Reading>
      )}
      {step === 'split' && (
        <Reading>
          <SplitStep />
        </Reading>
      )}
      {step === 'audit' && (
        <Reading>
          <AuditStep />
        </Reading>
      )}
    </div>
  );
}

function Foot() {
  const { intake: session } = useSession();
  const step = useIntake((intake) => intake.step);
  const inspected = useIntake((intake) => intake.sources.length > 0);
  const readable = useIntake(isReadable);
  const usable = useIntake(isUsable);
  const busy = useIntake((intake) => intake.busy);
  const red = useIntake(({ audit }) => audit.some(({ level }) => level === 'red'));
  const at = STEPS.findIndex((one) => one === step);
  const next = STEPS[at + 1];
  const checking = step === 'check';
  /** Nothing has been read with what these steps say. */
  const toRead = useIntake((intake) => isReadable(intake) && !isRead(intake)) && (step === 'files' || step === 'columns');
  return (
    <footer className={styles.foot}>
      <p role="status" className={styles.summary}>
        <Summary />
      </p>
      <div className={styles.buttons}>
        <button type="button" onClick={session.close} disabled={busy === 'handing-over'}>
          {t('Cancel')}
        </button>
        {!checking && inspected && (
          <button
            type="button"
            disabled={at === 0 && !readable}
            onClick={() => {
              session.goTo(STEPS[at - 1] ?? 'check');
            }}
          >
            {t('Back')}
          </button>
        )}
        {next !== undefined && inspected && (
          <button
            type="button"
            disabled={at >= 1 && !readable}
            onClick={() => {
              session.goTo(checking ? 'columns' : next);
            }}
          >
            {checking ? t('Change columns, filters, split') : t('Next: {step}', { step: t(TITLES[next]) })}
          </button>
        )}
        {inspected && toRead && (
          <button
            type="button"
            className={styles.primary}
            onClick={() => {
              session.goTo('check');
            }}
          >
            {t('Read with these columns')}
          </button>
        )}
        {inspected && !toRead && (
          <button type="button" className={red ? undefined : styles.primary} disabled={!usable} onClick={session.use}>
            {red ? t('Use it as it is') : t('Use this log')}
          </button>
        )}
      </div>
    </footer>
  );
}

/** Progress in one line, whatever the step. */
function Summary() {
  const intake = useIntake();
  const { busy, progress, kept, facts, problem, sources, findings, audit } = intake;
  if (busy === 'downloading') return <Downloading />;
  if (busy === 'inspecting') return <>{t('Inspecting the files…')}</>;
  if (busy === 'handing-over') return <>{t('Loading the log…')}</>;
  if (busy === 'embedding') return <>{t('Embedding the pictures…')}</>;
  if (busy === 'reading') {
    const share = progress === null || progress.total === 0 ? 0 : Math.min(1, progress.done / progress.total);
    return (
      <>
        {t('Reading {percent} % · {events} events', {
          percent: Math.floor(100 * share),
          events: count(progress?.events ?? 0),
        })}
      </>
    );
  }
  if (sources.length === 0) return null;
  if (!hasEvents(intake)) return <>{t('Choose the file that holds the events.')}</>;
  if (!isReadable(intake)) return <>{t('Choose the columns for user and item.')}</>;
  if (kept === null || facts === null) return null;
  if (problem !== null) return <span className={styles.alarm}>{problem}</span>;
  return (
    <>
      {intake.step === 'check'
        ? t('{used} of {read} rows are used', { used: count(kept.used), read: count(kept.read) })
        : t('{used} of {read} rows · {users} users · {items} items with events', {
            used: count(kept.used),
            read: count(kept.read),
            users: count(kept.users),
            items: count(kept.items),
          })}{' '}
      <Worries findings={findings} audit={audit} />
    </>
  );
}

/** The number of warnings, visible in every step, with links to them. */
function Worries({ findings, audit }: Pick<IntakeState, 'findings' | 'audit'>) {
  const { intake: session } = useSession();
  const [warnings, red, amber] = [
    findings.filter(({ level }) => level === 'warning').length,
    audit.filter(({ level }) => level === 'red').length,
    audit.filter(({ level }) => level === 'amber').length,
  ];
  const counts: readonly (readonly [IntakeStep, number, string])[] = [
    ['report', warnings, t('{n, plural, one {# warning} other {# warnings}}', { n: warnings })],
    [
      'audit',
      red,
      t('{n, plural, one {# problem that makes results invalid} other {# problems that make results invalid}}', { n: red }),
    ],
    [
      'audit',
      amber,
      t('{n, plural, one {# point to mention with results} other {# points to mention with results}}', { n: amber }),
    ],
  ];
  return counts
    .filter(([, number]) => number > 0)
    .map(([step, , words]) => (
      <button
        key={words}
        type="button"
        className="plain"
        onClick={() => {
          session.goTo(step);
        }}
      >
        {words}
      </button>
    ));
}

/** Progress of a download; closing the dialog ends it, and what has arrived is stored. */
function Downloading() {
  const progress = useIntake((intake) => intake.progress);
  if (progress === null) return <>{t('Asking for the files…')}</>;
  const { done, total, file } = progress;
  return <>{t('Downloading {file}: {done} of {total}', { file, done: bytes(done), total: bytes(total) })}</>;
}
