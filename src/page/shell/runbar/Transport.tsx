import { t } from '../../../words/words';
import { TRAINING } from '../actions/training';
import { useActions } from '../actions/useActions';
import { useExperiment } from '../../state/run/experiment';
import styles from './Transport.module.css';

export function Transport() {
  const actions = useActions(TRAINING);
  const running = useExperiment((experiment) => experiment.phase === 'running');
  return (
    <div className={styles.transport} role="group" aria-label={t('Training')}>
      {actions.map(({ id, words, hindrance, act }) => (
        <button
          key={id}
          type="button"
          className={id === 'run' ? styles.main : undefined}
          onClick={act}
          disabled={hindrance !== null}
          title={hindrance ?? undefined}
        >
          {id === 'run' && (
            <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
              <path d={running ? 'M1 0h3v10H1zM6 0h3v10H6z' : 'M1 0l8 5-8 5z'} fill="currentColor" />
            </svg>
          )}
          {words}
        </button>
      ))}
    </div>
  );
}
