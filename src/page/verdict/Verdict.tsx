import { useMemo } from 'react';
import { useMeasuredRecord } from '../figure/useFigureArms';
import { askLabel, useAnswering } from '../state/answering';
import { useAsk } from '../inspector/useAsk';
import { useInspection } from '../state/inspection';
import { useRuns } from '../runs/runsState';
import { setView, useView } from '../state/view';
import { Sentences } from './Sentences';
import { shownVerdict } from './shownVerdict';
import { WrittenTexts } from './WrittenTexts';
import styles from './Verdict.module.css';

/** What the run on the page found, up to the step that is shown; at its end, where other seeds of it are kept, what all of them found. */
export function Verdict() {
  const record = useMeasuredRecord();
  const step = useView((view) => view.step);
  const entries = useRuns((runs) => runs.entries);
  const oneSeed = useView((view) => view.oneSeed);
  const { verdict, several } = useMemo(() => shownVerdict(record, entries, step, oneSeed), [record, entries, step, oneSeed]);
  const probe = useView((view) => Math.min(view.probe, record.probes.length - 1));
  const nothing = useInspection(({ items }) => items.length === 0);
  const ask = useAsk();
  const answering = useAnswering();
  if (verdict === null) return null;
  return (
    <section className={styles.verdict} aria-label="Verdict">
      <h2 className={styles.heading}>What happened</h2>
      <p className={styles.when}>
        {verdict.when}
        {several && (
          <>
            {' · '}
            <button
              type="button"
              className="plain"
              onClick={() => {
                setView({ oneSeed: !oneSeed });
              }}
            >
              {oneSeed ? 'All seeds' : `Seed ${record.spec.seed} alone`}
            </button>
          </>
        )}
      </p>
      <Sentences verdict={verdict} />
      <WrittenTexts />
      <div className={styles.limits}>
        <p>
          <b>What this does not show.</b> {verdict.limits.join(' ')}
        </p>
        <p>
          <button
            type="button"
            className="plain"
            onClick={() => {
              // There is something to read at once: the history of which the figure shows the attention.
              if (nothing) ask?.takeUser(record.probes[probe]?.user ?? null);
              setView({ centre: 'inspector' });
            }}
          >
            {askLabel(answering)}
          </button>{' '}
          about a history of your own.
        </p>
      </div>
    </section>
  );
}
