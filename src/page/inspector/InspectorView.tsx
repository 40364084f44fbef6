import { useEffect, useState } from 'react';
import { Select } from '../controls/Choice';
import { Panel } from '../figure/panel/Panel';
import { useExperiment } from '../state/experiment';
import { useInspection } from '../state/inspection';
import { AttentionTable } from './AttentionTable';
import { HistoryForm } from './HistoryForm';
import { inspectionSentence, inspectionTable, type Plane } from './inspectorData';
import { ModelAnswer } from './ModelAnswer';
import { useAsk } from './useAsk';
import styles from './Inspector.module.css';

const SETTLED = 200;

/** Any history, and what every model makes of it. */
export function InspectorView() {
  const { items, query, target, log, answer, problem, state } = useInspection();
  const ask = useAsk();
  const moment = useExperiment(momentOf);
  // The recipe alone: the record is another one at every step of a run.
  const spec = useExperiment(({ record }) => record?.spec);
  const arms = spec?.arms.map(({ id }) => id) ?? [];
  const [layer, setLayer] = useState<Plane>('mean');
  const [head, setHead] = useState<Plane>('mean');
  const wanted = target?.item ?? null;
  useEffect(() => {
    if (ask === null || items.length === 0) return;
    const timer = setTimeout(() => {
      ask.history({ log, items: items.map(({ item }) => item), query, target: wanted });
    }, SETTLED);
    return () => {
      clearTimeout(timer);
    };
  }, [ask, log, items, query, wanted, moment]);

  return (
    <div className={styles.view}>
      <HistoryForm seen={answer?.itemPositions.length ?? items.length} />
      {problem !== null && <p role="alert">{problem}</p>}
      {answer === null ? (
        <p role="status" className={styles.empty}>
          {state === 'asking' ? 'Asking the models…' : 'Search for items and add them, or load a user’s history.'}
        </p>
      ) : (
        <Panel
          name="Inspected history"
          wide
          title="What do the models make of this history?"
          drawn={false}
          table={() => inspectionTable(answer, layer, head)}
          sentence={inspectionSentence(answer, target?.title ?? null)}
          controls={
            <>
              <Select label="Layer" value={layer} options={planes(answer.layers)} onChange={setLayer} />
              <Select label="Head" value={head} options={planes(answer.heads)} onChange={setHead} />
            </>
          }
          caption={
            <>
              Items: the ten with the highest score, those of the history left out where the recipe masks them; h·e of the arms,
              cosine of frozen features for zero-shot, summed similarity for item-kNN. Attention: the [EMB] row; each column sums
              to 100. Texts: generated greedily from h alone.
            </>
          }
        >
          <Missing />
          <div className={styles.models} aria-busy={state === 'asking' || state === 'reading'}>
            {answer.models.map((model) => (
              <ModelAnswer key={model.id} model={model} arms={arms} target={wanted} />
            ))}
          </div>
          <AttentionTable answer={answer} arms={arms} layer={layer} head={head} />
        </Panel>
      )}
    </div>
  );
}

/** Why there are no arms. */
function Missing() {
  const here = useInspection(({ answer }) => answer?.models.some(({ step, id }) => step !== null && id !== 'base') ?? false);
  if (here) return null;
  return (
    <p className={styles.note}>
      Only the base model and item-kNN answer: a run record has no adapters, and none were trained in this tab. To ask the arms,
      run, then pause or let the run finish.
    </p>
  );
}

function planes(count: number): { value: Plane; label: string }[] {
  const each = Array.from({ length: count }, (_, index) => ({ value: index, label: String(index + 1) }));
  return [{ value: 'mean', label: 'mean' }, ...each];
}

/** Changes when the arms have changed enough to ask again: after an evaluation, and when a run pauses or ends. */
function momentOf({ record, source, phase }: ReturnType<typeof useExperiment.getState>): string {
  if (source !== 'live' || !record) return 'no run';
  const steps = phase === 'running' ? null : record.arms.map((arm) => arm.steps.step.length);
  return JSON.stringify([
    phase === 'running',
    record.arms.map((arm) => arm.evaluations.length),
    steps,
    record.complete,
    record.createdAt,
  ]);
}
