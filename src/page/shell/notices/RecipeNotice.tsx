import { setOpening, useOpening } from '../../state/opening/openingState';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/** A recipe changes only a form, which may be far from where its file was dropped. */
export function RecipeNotice() {
  const name = useOpening((opening) => opening.recipeFile);
  if (name === null) return null;
  return (
    <section className={styles.notice} role="status" aria-label={t('Recipe')}>
      <p>{t('{name} is a recipe: its settings are in the form now, and Undo there brings back the ones before.', { name })}</p>
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            setOpening({ recipeFile: null });
          }}
        >
          {t('Dismiss')}
        </button>
      </p>
    </section>
  );
}
