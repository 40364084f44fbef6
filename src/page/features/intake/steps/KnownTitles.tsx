import { useEffect, useRef, useState } from 'react';
import { t } from '../../../../words/words';
import type { TitleProgress } from '../../../../runtime/protocol';
import { isBusy } from '../../../../runtime/experimentState';
import { EMBEDDED_MODEL } from '../../../../recipe/runSpec';
import { useExperiment } from '../../../state/run/experiment';
import { check, useRecipe } from '../../../state/recipe/recipe';
import { checkTitles } from './checkTitles';
import { useSession } from '../../../state/session/SessionContext';
import styles from '../../../ui/Audit.module.css';

/**
 * On request: whether the recipe's model knows the titles by heart. The model must be loaded, and no run
 * under way.
 */
export function KnownTitles() {
  const session = useSession();
  const { spec } = check(useRecipe((recipe) => recipe.draft));
  const loaded = useExperiment((experiment) => experiment.model?.id);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  const [progress, setProgress] = useState<TitleProgress | null>(null);
  const [problem, setProblem] = useState('');
  const asking = useRef<AbortController | null>(null);
  useEffect(
    () => () => {
      asking.current?.abort();
    },
    [],
  );
  if (spec === null) return null;
  const { id } = spec.model;
  const here = loaded === id || id === EMBEDDED_MODEL;

  async function ask(): Promise<void> {
    const controller = new AbortController();
    asking.current = controller;
    setProblem('');
    setProgress({ done: 0, total: 0 });
    try {
      setProblem((await checkTitles(session, spec!, { signal: controller.signal, onPart: setProgress })) ?? '');
    } finally {
      setProgress(null);
    }
  }

  return (
    <p className={styles.titles}>
      <button type="button" disabled={!here || busy || progress !== null} onClick={() => void ask()}>
        {t('Check for titles that {model} knows by heart', { model: id })}
      </button>
      {!here && <span>{t('Download the model first.')}</span>}
      {here && busy && <span>{t('A run is using it.')}</span>}
      {progress !== null && (
        <span role="status">
          {' '}
          {progress.total === 0 ? t('Loading…') : t('{done} of {total} titles', { done: progress.done, total: progress.total })}
        </span>
      )}
      {problem !== '' && <span role="alert"> {problem}</span>}
    </p>
  );
}
