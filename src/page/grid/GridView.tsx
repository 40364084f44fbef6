import { GridSetup } from './GridSetup';
import { GridMatrix } from './GridMatrix';
import { GridQueue } from './GridQueue';
import { useGrid } from './gridState';
import styles from './Grid.module.css';

/** A question for many runs: what to vary, what it will cost, the queue, and the answer. */
export function GridView() {
  const kept = useGrid((grid) => grid.kept);
  const problem = useGrid((grid) => grid.problem);
  return (
    <section className={styles.view} aria-labelledby="grid-title">
      <h2 id="grid-title" className={styles.title}>
        {kept ? kept.grid.name : 'What makes the difference?'}
      </h2>
      {problem !== null && (
        <p className={styles.notice} role="alert">
          {problem}
        </p>
      )}
      {kept ? (
        <>
          <GridQueue kept={kept} />
          <GridMatrix kept={kept} />
        </>
      ) : (
        <GridSetup />
      )}
    </section>
  );
}
