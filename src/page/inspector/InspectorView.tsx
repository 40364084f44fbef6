import { useEffect, useState } from 'react';
import { Select } from '../controls/Choice';
import { Panel } from '../figure/panel/Panel';
import { useExperiment } from '../state/experiment';
import { useInspection } from '../state/inspection';
import { useAsked } from '../state/asked';
import { AttentionTable } from './AttentionTable';
import { HistoryForm } from './HistoryForm';
import { count } from '../format';
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
  const missing = useExperiment(({ device }) => device.state === 'missing');
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
          {state === 'asking'
            ? 'Querying the models…'
            : missing
              ? 'Without WebGPU the models cannot read a history here. They can still write: “What do the models write?”, at the end of Figure, runs on the CPU.'
              : 'Search for items and add them, or load a user’s history.'}
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
              Items: the ten with the highest score, without those of the history if the recipe masks them; h·e of the arms,
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

/** Which arms answer, or why none. */
function Missing() {
  const here = useInspection(({ answer }) => answer?.models.filter(({ step, id }) => step !== null && id !== 'base').length ?? 0);
  const asked = useAsked();
  const recorded = asked?.recorded != null;
  const all = asked?.spec.arms.length ?? 0;
  if (recorded && here > 0) {
    return (
      <p className={styles.note}>
        {here < all
          ? `${count(here)} of the ${count(all)} arms of the recorded run answer: the others’ adapters are too large for this site.`
          : 'The arms answer with the adapters of the recorded run, in half precision.'}
      </p>
    );
  }
  if (here > 0) return null;
  return (
    <p className={styles.note}>
      Only the base model and item-kNN answer:{' '}
      {recorded
        ? 'this site has no adapters of the recorded run.'
        : 'a run record has no adapters, and none were trained in this tab.'}{' '}
      To ask the arms, run, then pause or let the run finish.
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
