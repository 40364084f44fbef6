import { useState, type SyntheticEvent } from 'react';
import { t } from '../../../words/words';
import { useExperiment } from '../../state/run/experiment';
import { setHistory, useInspection } from '../../state/session/inspection';
import { HistoryList } from './HistoryList';
import { ItemSearch } from './ItemSearch';
import { useAsk } from '../../state/session/useAsk';
import styles from './Inspector.module.css';

/**
 * Builds the history by searching items, or from a user of the log.
 * @param seen number of its newest items that the models see
 */
export function HistoryForm({ seen }: { readonly seen: number }) {
  const { items, query, user, target } = useInspection();
  const ask = useAsk();
  const queries = useExperiment(({ record, log }) => (record?.data.queries ?? 0) > 0 || (log?.summary.queries ?? 0) > 0);
  const [name, setName] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (name.trim() !== '') ask?.takeUser(name.trim());
  };
  return (
    <section className={styles.build} aria-label={t('History')}>
      <div className={styles.sources}>
        <ItemSearch />
        <form className={styles.user} onSubmit={submit}>
          <label>
            <span>{t('or by user ID')}</span>
            <input
              type="text"
              value={name}
              onChange={(event) => {
                setName(event.currentTarget.value);
              }}
            />
          </label>
          <button type="submit" disabled={ask === null || name.trim() === ''}>
            {t('Take')}
          </button>
          <button
            type="button"
            disabled={ask === null}
            onClick={() => {
              ask?.takeUser(null);
            }}
          >
            {t('Random user')}
          </button>
        </form>
        {queries && (
          <label className={styles.user}>
            <span>{t('Query')}</span>
            <input
              type="text"
              placeholder={t('none')}
              value={query}
              onChange={(event) => {
                useInspection.setState({ query: event.currentTarget.value });
              }}
            />
          </label>
        )}
      </div>
      {items.length > 0 && (
        <>
          <HistoryList items={items} seen={seen} />
          <p className={styles.note}>
            {user !== null && `${t('History of user {user}.', { user })} `}
            {target !== null && `${t('Next came {item}.', { item: target.title })} `}
            {seen < items.length && `${t('The models see the last {n} items; all are left out of the lists.', { n: seen })} `}
            {t('Delete removes an item, Alt with ← or → moves it.')}{' '}
            <button
              type="button"
              className="plain"
              onClick={() => {
                setHistory([]);
              }}
            >
              {t('Clear')}
            </button>
          </p>
        </>
      )}
    </section>
  );
}
