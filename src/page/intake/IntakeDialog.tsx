import { useEffect, useRef } from 'react';
import { useModal } from '../controls/useModal';
import { bytes, count } from '../format';
import { useSession } from '../state/SessionContext';
import { AuditStep } from './steps/AuditStep';
import { ColumnsStep } from './steps/ColumnsStep';
import { FilesStep } from './steps/FilesStep';
import { FiltersStep } from './steps/FiltersStep';
import { ReportStep } from './steps/ReportStep';
import { SplitStep } from './steps/SplitStep';
import { hasEvents, isReadable, isUsable, STEPS, useIntake, type Intake, type Step } from './intakeState';
import { Reading } from './Reading';
import { Refused } from './Refused';
import styles from './Intake.module.css';

const TITLES: Readonly<Record<Step, string>> = {
  files: 'Files',
  columns: 'Columns',
  report: 'Report',
  filters: 'Filters',
  split: 'Split',
  audit: 'Audit',
};

/** From dropped files to a log, step by step; a recognised log can be used from any step. */
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
        Open a log <span title={files.join('\n')}>{files.length > 3 ? `${files.length} files` : files.join(', ')}</span>
      </h2>
      <ol className={styles.steps} aria-label="Steps">
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
              <span aria-hidden="true">{at + 1}</span> {TITLES[one]}
            </button>
          </li>
        ))}
      </ol>
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
  }, [step]);
  return (
    <div ref={body} className={styles.body} aria-busy={busy !== null} tabIndex={0}>
      <Refused />
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
  const at = STEPS.indexOf(step);
  const next = STEPS[at + 1];
  const previous = STEPS[at - 1];
  return (
    <footer className={styles.foot}>
      <p role="status" className={styles.summary}>
        <Summary />
      </p>
      <div className={styles.buttons}>
        <button type="button" onClick={session.close} disabled={busy === 'handing-over'}>
          Cancel
        </button>
        {previous !== undefined && inspected && (
          <button
            type="button"
            onClick={() => {
              session.goTo(previous);
            }}
          >
            Back
          </button>
        )}
        {next !== undefined && inspected && (
          <button
            type="button"
            disabled={at >= 1 && !readable}
            onClick={() => {
              session.goTo(next);
            }}
          >
            Next: {TITLES[next]}
          </button>
        )}
        {inspected && (
          <button type="button" className={red ? undefined : styles.primary} disabled={!usable} onClick={session.use}>
            {red ? 'Use it as it is' : 'Use this log'}
          </button>
        )}
      </div>
    </footer>
  );
}

/** Progress in one line, whatever the step. */
function Summary() {
  const intake = useIntake();
  const { busy, progress, kept, facts, problem, sources, refusal, findings, audit } = intake;
  if (busy === 'downloading') return <Downloading />;
  if (busy === 'inspecting') return <>Inspecting the files…</>;
  if (busy === 'handing-over') return <>Loading the log…</>;
  if (busy === 'embedding') return <>Embedding the pictures…</>;
  if (busy === 'reading') {
    const share = progress === null || progress.total === 0 ? 0 : Math.min(1, progress.done / progress.total);
    return (
      <>
        Reading {Math.floor(100 * share)} % · {count(progress?.events ?? 0)} events
      </>
    );
  }
  if (sources.length === 0) return refusal === null ? null : <>The previous log stays loaded.</>;
  if (!hasEvents(intake)) return <>Choose the file that holds the events.</>;
  if (!isReadable(intake)) return <>Choose the columns for user and item.</>;
  if (kept === null || facts === null) return null;
  if (problem !== null) return <span className={styles.alarm}>{problem}</span>;
  return (
    <>
      {count(kept.used)} of {count(kept.read)} rows · {count(kept.users)} users · {count(kept.items)} items with events{' '}
      <Worries findings={findings} audit={audit} />
    </>
  );
}

/** The number of warnings, visible in every step, with links to them. */
function Worries({ findings, audit }: Pick<Intake, 'findings' | 'audit'>) {
  const { intake: session } = useSession();
  const counts: readonly (readonly [Step, number, string])[] = [
    ['report', findings.filter(({ level }) => level === 'warning').length, 'warning'],
    ['audit', audit.filter(({ level }) => level === 'red').length, 'red check'],
    ['audit', audit.filter(({ level }) => level === 'amber').length, 'amber check'],
  ];
  return counts
    .filter(([, number]) => number > 0)
    .map(([step, number, noun]) => (
      <button
        key={noun}
        type="button"
        className="plain"
        onClick={() => {
          session.goTo(step);
        }}
      >
        {count(number)} {number === 1 ? noun : `${noun}s`}
      </button>
    ));
}

/** Progress of a download; closing the dialog ends it, and what has arrived is stored. */
function Downloading() {
  const progress = useIntake((intake) => intake.progress);
  if (progress === null) return <>Asking for the files…</>;
  const { done, total, file } = progress;
  return (
    <>
      Downloading {file}: {bytes(done)} of {bytes(total)}
    </>
  );
}
