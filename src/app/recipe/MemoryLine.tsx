import { useEffect } from 'react';
import { groupsBySize, megabytes, MEMORY_GROUPS } from '../../spec/memoryPlan';
import { useExperiment } from '../state/experiment';
import { check, useRecipe } from '../state/recipe';
import { useSession } from '../state/SessionContext';
import styles from './Recipe.module.css';

/** Milliseconds without a change before the worker is asked. */
const SETTLED = 300;

/** How much GPU memory the recipe will take here, what for, and what to change where it cannot be had. */
export function MemoryLine() {
  useForecast();
  const memory = useExperiment((experiment) => experiment.memory);
  if (memory === null) return null;
  const { plan, problem, precision } = memory;
  return (
    <div className={styles.memory}>
      {plan !== null && (
        <details>
          <summary>
            GPU memory: {megabytes(plan.total)}
            {precision && ` · frozen weights in ${precision}`}
          </summary>
          <table>
            <tbody>
              {groupsBySize(plan).map(([group, bytes]) => (
                <tr key={group}>
                  <th scope="row">{MEMORY_GROUPS[group]}</th>
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

/** Asks the worker whenever a valid recipe has come to rest and there is a device. */
function useForecast(): void {
  const session = useSession();
  const draft = useRecipe((recipe) => recipe.draft);
  const ready = useExperiment((experiment) => experiment.device.state === 'ready');
  const log = useExperiment((experiment) => experiment.log?.summary.hash ?? null);
  useEffect(() => {
    const { spec } = check(draft);
    if (!ready || spec === null) return;
    const timer = setTimeout(() => {
      session.forecastMemory(spec);
    }, SETTLED);
    return () => {
      clearTimeout(timer);
    };
  }, [session, draft, ready, log]);
}
