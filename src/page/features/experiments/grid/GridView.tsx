import { t } from '../../../../words/words';
import { NotesButton } from '../../../ui/print/NotesButton';
import { GridSetup } from './GridSetup';
import { GridMatrix } from './GridMatrix';
import { GridQueue } from './GridQueue';
import { changeGrid, useGrid, type KeptGrid } from '../../../state/grid/gridState';
import { KeptGrids } from './KeptGrids';
import { PredictionsPanel } from './PredictionsPanel';
import styles from './Grid.module.css';

/** A question for many runs: what to vary, what it will cost, the queue, and the answer. */
export function GridView() {
  const kept = useGrid((grid) => grid.kept);
  const plan = useGrid((grid) => grid.plan);
  const problem = useGrid((grid) => grid.problem);
  return (
    <section className={styles.view} aria-labelledby="grid-title">
      <h2 id="grid-title" className={styles.title}>
        {kept ? kept.grid.name : t('What makes the difference?')}
      </h2>
      {problem !== null && (
        <p className={styles.notice} role="alert">
          {problem}
        </p>
      )}
      {kept ? (
        <>
          <GridQueue kept={kept} />
          {plan && kept.grid.predictions && <PredictionsPanel kept={kept} plan={plan} />}
          <GridMatrix kept={kept} />
          <GridNotes kept={kept} />
        </>
      ) : (
        <GridSetup />
      )}
      <KeptGrids />
    </section>
  );
}

/** What the user has to say about the grid. */
function GridNotes({ kept: { grid, notes } }: { readonly kept: KeptGrid }) {
  return (
    <div className={styles.notes}>
      <textarea
        rows={3}
        aria-label={t('Notes on {name}', { name: grid.name })}
        placeholder={t('notes on the grid, Markdown')}
        value={notes}
        onChange={(event) => {
          changeGrid({ notes: event.currentTarget.value });
        }}
      />
      <NotesButton title={grid.name} parts={[{ heading: null, text: notes }]} />
    </div>
  );
}
