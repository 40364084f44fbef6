import { useEffect, useState } from 'react';
import { t } from '../../../words/words';
import { Select } from '../../ui/controls/Choice';
import { Panel } from '../../ui/panel/Panel';
import { isBusy } from '../../../runtime/experimentState';
import { useSeen } from '../../ui/controls/useSeen';
import { useExperiment } from '../../state/run/experiment';
import { NOTHING_INSPECTED, useInspection } from '../../state/session/inspection';
import { useOperations } from '../../state/session/operations';
import { useAsked } from '../../state/opening/asked';
import { useOwnLog } from '../../state/recipe/ownLog';
import { answeringSentence, useAnswering } from '../../state/opening/answering';
import { AttentionTable } from './AttentionTable';
import { HistoryForm } from './HistoryForm';
import { inspectionSentence, inspectionTable, type LayerOrHead } from './inspectorData';
import { ModelAnswer } from './ModelAnswer';
import { useAsk } from '../../state/session/useAsk';
import styles from './Inspector.module.css';

const SETTLED = 200;

/** Any history, and what every model makes of it. */
export function InspectorView() {
  const { items, query, target, log, answer, problem, state } = useInspection();
  const surgery = useOperations((operations) => operations.surgery);
  const ask = useAsk();
  const incorrect = useAsked() === null;
  const moment = useExperiment(momentOf);
  const missing = useExperiment(({ device }) => device.state === 'missing');
  // Depends only on the recipe: the record changes at every step of a run.
  const spec = useExperiment(({ record }) => record?.spec);
  const arms = spec?.arms.map(({ id }) => id) ?? [];
  const [layer, setLayer] = useState<LayerOrHead>('mean');
  const [head, setHead] = useState<LayerOrHead>('mean');
  const wanted = target?.item ?? null;
  const place = useFirstUser();
  useEffect(() => {
    if (ask === null || items.length === 0) return;
    const timer = setTimeout(() => {
      ask.history({ log, items: items.map(({ item }) => item), query, target: wanted, surgery });
    }, SETTLED);
    return () => {
      clearTimeout(timer);
    };
  }, [ask, log, items, query, wanted, surgery, moment]);

  return (
    <div ref={place} className={styles.view}>
      <HistoryForm seen={answer?.itemPositions.length ?? items.length} />
      {problem !== null && <p role="alert">{problem}</p>}
      {incorrect && (
        <p role="status" className={styles.note}>
          {t('The recipe has fields to correct; until then no model is asked.')}
          {answer !== null && ` ${t('The answers below are to the history that was asked last.')}`}
        </p>
      )}
      {answer === null ? (
        <>
          <p role="status" className={styles.empty}>
            {state === 'asking'
              ? t('Querying the models…')
              : missing
                ? t(
                    'Without WebGPU the models cannot read a history here. They can still write: “What do the models write?”, the last of the details, runs on the CPU.',
                  )
                : t('Search for items and add them, or load a user’s history.')}
          </p>
          <Who />
        </>
      ) : (
        <Panel
          name={() => t('Inspected history')}
          wide
          title={t('What do the models make of this history?')}
          drawn={false}
          table={() => inspectionTable(answer, layer, head)}
          sentence={inspectionSentence(answer, target?.title ?? null)}
          controls={
            <>
              <Select label={t('Layer')} value={layer} options={planes(answer.layers)} onChange={setLayer} />
              <Select label={t('Head')} value={head} options={planes(answer.heads)} onChange={setHead} />
            </>
          }
          caption={
            <>
              {t(
                'Items: the ten with the highest score, without those of the history if the recipe masks them; h·e of the arms, cosine of frozen features for zero-shot, summed similarity for item-kNN. Attention: the [EMB] row; each column sums to 100. Texts: generated greedily from h alone.',
              )}
              {spec?.objective.itemInterface === 'semantic' &&
                ` ${t('Items of the arms are those that their beams find, with the log-probability of their codes; attention to the codes of an item is added up.')}`}
            </>
          }
        >
          <Who />
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

/** The log of which a user was taken without being asked for, which happens once; null before the first. */
let taken: string | null = null;

/** Takes a random user when the inspector is first in view of a log, so that it has something to show. */
function useFirstUser() {
  // Not while its edge is in view below the picture: the worker may be needed for something else.
  const [place, seen] = useSeen<HTMLDivElement>('0px 0px -200px');
  const ask = useAsk();
  const id = useAsked()?.spec.data.id;
  // Another file may have the same name.
  const hash = useOwnLog()?.hash;
  const log = hash ?? id;
  const inspected = useInspection((inspection) => inspection.log);
  const userLog = useInspection((inspection) => inspection.userLog);
  const busy = useExperiment(({ phase }) => isBusy(phase));
  useEffect(() => {
    if (id === undefined || userLog === null) return;
    // No model of this log can read it, and nobody built it. One that the reader built stays, with a word.
    if (userLog !== id || (hash !== undefined && inspected !== hash)) useInspection.setState(NOTHING_INSPECTED);
  }, [id, hash, inspected, userLog]);
  useEffect(() => {
    if (log === undefined || taken === log || !seen || busy || ask === null) return;
    taken = log;
    const { items, state } = useInspection.getState();
    // What the reader built or asked for stays.
    if (items.length > 0 || state !== 'idle') return;
    useInspection.setState(NOTHING_INSPECTED);
    ask.takeUser(null, () => useInspection.getState().items.length === 0 && !inside(place.current));
  }, [log, seen, busy, ask, place]);
  return place;
}

/** Whether the reader has begun to do something there. */
function inside(place: Element | null): boolean {
  return place?.contains(document.activeElement) ?? false;
}

/** Which arms answer, or why none does: from the answer or, before the first one, from what is known. */
function Who() {
  const known = useAnswering();
  const answer = useInspection((inspection) => inspection.answer);
  const missing = useExperiment(({ device }) => device.state === 'missing');
  const here = answer?.models.filter(({ step, id }) => step !== null && id !== 'base').map(({ label }) => label);
  const arms = [...known.able, ...known.unable];
  const sentence = answeringSentence(
    here === undefined ? known : { ...known, able: here, unable: arms.filter((label) => !here.includes(label)) },
  );
  return missing || sentence === '' ? null : <p className={styles.note}>{sentence}</p>;
}

function planes(count: number): { value: LayerOrHead; label: string }[] {
  const each = Array.from({ length: count }, (_, index) => ({ value: index, label: String(index + 1) }));
  return [{ value: 'mean', label: t('mean') }, ...each];
}

/**
 * Changes when the arms have changed enough to request a new answer: after an evaluation, and when a run
 * pauses or ends.
 */
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
