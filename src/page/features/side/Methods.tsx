import { PAPER_NOTE, TAGS, METHODS } from '../../../readings/methods/methodsText';
import styles from './Methods.module.css';
import { t } from '../../../words/words';

/** Which parts of the method are the paper's and which are ours. */
export function Methods() {
  return (
    <article className={styles.methods}>
      <h2>{t('Methods')}</h2>
      <p>{PAPER_NOTE}</p>
      <dl className={styles.tags}>
        {TAGS.map(({ tag, meaning }) => (
          <div key={tag}>
            <dt>
              <Tag tag={tag} />
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      {METHODS.map(({ title, points }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul>
            {points.map(({ tag, text }) => (
              <li key={text}>
                <Tag tag={tag} /> {text}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </article>
  );
}

function Tag({ tag }: { readonly tag: string }) {
  return <span className={styles.tag}>{tag}</span>;
}
