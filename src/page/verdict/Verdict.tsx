import { useMemo } from 'react';
import { useMeasuredRecord } from '../figure/useFigureArms';
import { useAsk } from '../inspector/useAsk';
import { useInspection } from '../state/inspection';
import { setView, useView } from '../state/view';
import { verdictOf, type Topic } from './verdict';
import { WrittenTexts } from './WrittenTexts';
import styles from './Verdict.module.css';

const HEADINGS: Readonly<Record<Topic, string>> = { ranking: 'Ranking', attention: 'Attention', language: 'Language' };

/** What the run on the page found, up to the step that is shown, and what cannot be concluded from it. */
export function Verdict() {
  const record = useMeasuredRecord();
  const step = useView((view) => view.step);
  const probe = useView((view) => Math.min(view.probe, record.probes.length - 1));
  const nothing = useInspection(({ items }) => items.length === 0);
  const ask = useAsk();
  const verdict = useMemo(() => verdictOf(record, step), [record, step]);
  if (verdict === null) return null;
  return (
    <section className={styles.verdict} aria-label="Verdict">
      <h2 className={styles.heading}>What happened</h2>
      <p className={styles.when}>{verdict.when}</p>
      <dl className={styles.sentences}>
        {verdict.sentences.map(({ topic, text }) => (
          <div key={topic}>
            <dt>{HEADINGS[topic]}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
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
            Ask both models
          </button>{' '}
          about a history of your own.
        </p>
      </div>
    </section>
  );
}
