import { t } from '../../../../words/words';
import { precisionText } from '../../../../record/fileStorage';
import { groupsBySize, megabytes, MEMORY_GROUPS } from '../../../../record/memoryPlan';
import { useExperiment } from '../../../state/run/experiment';
import styles from './Recipe.module.css';

/** How much GPU memory the recipe will take here, what for, and what to change if there is not enough. */
export function MemoryLine() {
  const memory = useExperiment((experiment) => experiment.memory);
  if (memory === null) return null;
  const { plan, problem, precision, fileStorage } = memory;
  return (
    <div className={styles.memory}>
      {plan !== null && (
        <details>
          <summary>
            {precision
              ? t('GPU memory: {size} · frozen weights: {format}', {
                  size: megabytes(plan.total),
                  format: precisionText(precision, fileStorage),
                })
              : t('GPU memory: {size}', { size: megabytes(plan.total) })}
          </summary>
          <table>
            <tbody>
              {groupsBySize(plan).map(([group, bytes]) => (
                <tr key={group}>
                  <th scope="row">{t(MEMORY_GROUPS[group])}</th>
                  <td>{megabytes(bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      {problem !== null && (
        <p className={styles.error} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
