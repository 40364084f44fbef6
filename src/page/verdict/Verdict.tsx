import { useMemo } from 'react';
import { useMeasuredRecord } from '../figure/useFigureArms';
import { setView, useView } from '../state/view';
import { verdictOf, type Topic } from './verdict';
import { WrittenTexts } from './WrittenTexts';
import styles from './Verdict.module.css';

const HEADINGS: Readonly<Record<Topic, string>> = { ranking: 'Ranking', attention: 'Attention', language: 'Language' };

/** What the run on the page found, up to the step that is shown, and what cannot be concluded from it. */
export function Verdict() {
  const record = useMeasuredRecord();
  const step = useView((view) => view.step);
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
