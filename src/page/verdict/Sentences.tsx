import type { Topic, Verdict } from './verdict';
import styles from './Verdict.module.css';

const HEADINGS: Readonly<Record<Topic, string>> = { ranking: 'Ranking', attention: 'Attention', language: 'Language' };

/** The three sentences of a verdict. */
export function Sentences({ verdict }: { readonly verdict: Verdict }) {
  return (
    <dl className={styles.sentences}>
      {verdict.sentences.map(({ topic, text }) => (
        <div key={topic}>
          <dt>{HEADINGS[topic]}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
