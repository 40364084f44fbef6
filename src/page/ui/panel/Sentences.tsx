import type { Topic, Verdict } from '../../../readings/verdict/verdict';
import styles from '../../features/figure/verdict/Verdict.module.css';
import { message, t } from '../../../words/words';

const HEADINGS: Readonly<Record<Topic, string>> = {
  ranking: message('Ranking'),
  attention: message('Attention'),
  language: message('Language'),
};

/** The three sentences of a verdict. */
export function Sentences({ verdict }: { readonly verdict: Verdict }) {
  return (
    <dl className={styles.sentences}>
      {verdict.sentences.map(({ topic, text }) => (
        <div key={topic}>
          <dt>{t(HEADINGS[topic])}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
