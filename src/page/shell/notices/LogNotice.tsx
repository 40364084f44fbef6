import { useOpening } from '../../state/opening/openingState';
import { useExperiment } from '../../state/run/experiment';
import { useRecipe } from '../../state/recipe/recipe';
import { logNotice } from '../../../files/logNotice';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/** Says which log the figure is of if a run would use another one, and which log a recipe lacks. */
export function LogNotice() {
  const shown = useExperiment((experiment) => experiment.record?.data ?? null);
  const opened = useExperiment((experiment) => experiment.log?.summary ?? null);
  const wanted = useOpening((opening) => opening.wantedLog);
  const dataId = useRecipe((recipe) => recipe.draft.data.id);
  const said = logNotice({ shown, dataId, opened, wanted });
  if (said.length === 0) return null;
  return (
    <section className={styles.notice} role="status" aria-label={t('Logs')}>
      {said.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </section>
  );
}
