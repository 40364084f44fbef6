import type { VerdictTopic, RunVerdict } from '../../../readings/verdict/verdict';
import styles from './Sentences.module.css';
import { message, t } from '../../../words/words';

const HEADINGS: Readonly<Record<VerdictTopic, string>> = {
  question: message('The question'),
  ranking: message('Ranking'),
  attention: message('Attention'),
  language: message('Language'),
};

interface SentencesProps {
  readonly verdict: RunVerdict;
  /** Whether they change while they are read: they then keep the space of the longest. */
  readonly changing?: boolean;
}

/** The sentences of a verdict. */
export function Sentences({ verdict, changing = false }: SentencesProps) {
  return (
    <dl className={changing ? `${styles.sentences} ${styles.changing}` : styles.sentences}>
      {verdict.sentences.map(({ topic, text }) => (
        <div key={topic}>
          <dt>{t(HEADINGS[topic])}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
