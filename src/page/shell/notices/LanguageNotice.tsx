import { LANGUAGES, PSEUDO } from '../../../words/languages';
import { t } from '../../../words/words';
import { useLanguage } from '../../state/kept/language';
import styles from '../../ui/Notices.module.css';

/** Says that the file of the chosen language did not arrive. */
export function LanguageNotice() {
  const missing = useLanguage((language) => language.missing);
  if (missing === null || missing === PSEUDO) return null;
  return (
    <section className={styles.notice} role="alert" aria-label={t('Language')}>
      <p>
        {t(
          'The words for {language} could not be loaded, so the page stays as it is. Check the connection, then choose it again.',
          {
            language: LANGUAGES[missing].name,
          },
        )}
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            useLanguage.setState({ missing: null });
          }}
        >
          {t('Dismiss')}
        </button>
      </p>
    </section>
  );
}
