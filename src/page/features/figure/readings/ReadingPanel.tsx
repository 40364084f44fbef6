import { lazy, Suspense } from 'react';
import { T } from '../../../../words/T';
import { message, t } from '../../../../words/words';
import { BestItems } from '../../../ui/controls/BestItems';
import { ModelSection } from '../../../ui/controls/ModelSection';
import { Term } from '../../../ui/controls/Term';
import { LazyItemPicture } from '../pictures/LazyItemPicture';
import { setView, useView } from '../../../state/view/view';
import type { Evaluation } from '../../../../record/runRecord';
import { evaluationsAt, type FigureArm } from '../../../../readings/arms/armsOf';
import { leftOut } from '../../../../record/shortened';
import { Panel } from '../../../ui/panel/Panel';
import { useFigureArms, useMeasuredRecord } from '../../../state/run/useFigureArms';
import { probeTextOf, readingOf, readingSentence, readingTable, TOP_ITEMS } from '../../../../readings/series/readingData';
import styles from './Readings.module.css';

const RecordedDrawn = lazy(async () => ({ default: (await import('../pictures/RecordedDrawn')).RecordedDrawn }));

/** Row 3: target, decoded text and best items of every arm, for the history chosen above. */
export function ReadingPanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const chosen = useView((view) => view.probe);
  const step = useView((view) => view.step);
  const index = Math.min(chosen, record.probes.length - 1);
  const probe = record.probes[index];
  if (!probe) return null;
  const evaluations = evaluationsAt(arms, step);
  return (
    <Panel
      name={() => t('What the embedding says')}
      wide
      title={t('What does the interest embedding say?')}
      drawn={false}
      absent={leftOut(record, 'texts')}
      table={() => readingTable(arms, record.probes, step)}
      sentence={readingSentence(arms, step)}
      caption={
        <T
          text={
            record.spec.objective.itemInterface === 'semantic'
              ? message(
                  'History {history} of {histories}, user {user}. Text is generated greedily from h alone. Own decoder: the arm’s LLM from W_d·h, the <decodable>decodability</decodable> that KARMA trains; arms with λ_rec = 0 have none. Probe decoder: the base model, trained to read each arm’s h after the last step. Items: the {n} whose codes the beams that start at <h>h</h> find likeliest, log-probability beside; the target is marked.',
                )
              : message(
                  'History {history} of {histories}, user {user}. Text is generated greedily from h alone. Own decoder: the arm’s LLM from W_d·h, the <decodable>decodability</decodable> that KARMA trains; arms with λ_rec = 0 have none. Probe decoder: the base model, trained to read each arm’s h after the last step. Items: the {n} with the highest similarity to <h>h</h>, score beside; the target is marked.',
                )
          }
          values={{
            history: index + 1,
            histories: record.probes.length,
            user: probe.user,
            n: TOP_ITEMS,
            decodable: (inside) => <Term id="decodable">{inside}</Term>,
            h: (inside) => <Term id="interest">{inside}</Term>,
          }}
        />
      }
    >
      <div className={styles.history}>
        <span className={styles.label}>
          <Term id="history">{t('History')}</Term>
        </span>
        <ol>
          {probe.itemPositions.map((position) => (
            <li key={position}>
              <Item title={probe.labels[position] ?? ''} />
            </li>
          ))}
        </ol>
        <span className={styles.label}>{t('Next')}</span>
        <p className={styles.target}>
          <Item title={probe.target} />
        </p>
      </div>
      <div className={styles.arms}>
        {arms.map((arm) => (
          <ArmReading key={arm.id} arm={arm} probe={index} evaluation={evaluations.get(arm.id)} />
        ))}
      </div>
    </Panel>
  );
}

interface ArmReadingProps {
  readonly arm: FigureArm;
  readonly probe: number;
  readonly evaluation: Evaluation | undefined;
}

function ArmReading({ arm, probe, evaluation }: ArmReadingProps) {
  const reading = readingOf(evaluation, probe);
  const probed = probeTextOf(evaluation, probe);
  return (
    <ModelSection name={t('What {arm} says', { arm: arm.label })} label={arm.label} mark={arm.mark}>
      {reading === null ? (
        <p className={styles.none}>{t('Not evaluated yet.')}</p>
      ) : (
        <>
          {reading.picture && (
            <div className={styles.drawn}>
              <h4>{t('Drawn from h; nearest pictures')}</h4>
              <Suspense>
                <RecordedDrawn picture={reading.picture} />
              </Suspense>
            </div>
          )}
          <dl className={styles.texts}>
            <dt>{t('Own decoder')}</dt>
            <dd>
              {reading.decoded === null ? <span className={styles.none}>{unread(arm)}</span> : <Said text={reading.decoded} />}
            </dd>
            {probed !== null && (
              <>
                <dt>{t('Probe decoder')}</dt>
                <dd>
                  <Said text={probed} />
                </dd>
              </>
            )}
          </dl>
          <BestItems
            items={reading.top
              .slice(0, TOP_ITEMS)
              .map(({ title, score, hit }) => ({ title: <Item title={title} />, score, hit }))}
            hit={t('target')}
          />
        </>
      )}
    </ModelSection>
  );
}

function Said({ text }: { readonly text: string }) {
  return text === '' ? (
    <blockquote className={styles.decoded}>{t('(empty text)')}</blockquote>
  ) : (
    <blockquote className={styles.decoded} translate="no">
      {text}
    </blockquote>
  );
}

/** A title that is highlighted in history, map and lists together. */
function Item({ title }: { readonly title: string }) {
  const on = useView((view) => view.hoveredItem === title);
  return (
    <span
      className={styles.item}
      data-on={on}
      title={title}
      translate="no"
      onPointerEnter={() => {
        setView({ hoveredItem: title });
      }}
      onPointerLeave={() => {
        setView({ hoveredItem: null });
      }}
    >
      <LazyItemPicture title={title} />
      {title}
    </span>
  );
}

/**
 * Why an arm's embedding was not decoded: it has no decoder, or decoding is postponed to the end because it
 * is slow here.
 */
function unread(arm: FigureArm): string {
  return (arm.spec?.lambdaRec ?? 0) > 0
    ? t('On a software adapter, read out after the last step.')
    : t('No trained decoder (λ_rec = 0).');
}
