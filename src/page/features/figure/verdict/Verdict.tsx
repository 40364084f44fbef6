import { useMemo, useState } from 'react';
import { usePlaying } from '../training/play';
import { sentences } from '../../../../readings/format';
import { isBusy } from '../../../../runtime/experimentState';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';
import { askLabel, useAnswering } from '../../../state/opening/answering';
import { useExperiment } from '../../../state/run/experiment';
import { useAsk } from '../../../state/session/useAsk';
import { useInspection } from '../../../state/session/inspection';
import { useRuns } from '../../../state/runs/runsState';
import { setView, useView } from '../../../state/view/view';
import { RealLlm } from './RealLlm';
import { Sentences } from '../../../ui/panel/Sentences';
import { shownVerdict } from '../../../state/runs/shownVerdict';
import { WrittenTexts } from './WrittenTexts';
import panel from '../../../ui/panel/Panel.module.css';
import { useFolding } from '../../../ui/panel/chrome';
import { FoldTitle } from '../../../ui/panel/FoldTitle';
import styles from './Verdict.module.css';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';

/**
 * What the run on the page found, up to the step shown; at its end, if other seeds of it are saved, what all
 * of them found.
 */
export function Verdict() {
  const record = useMeasuredRecord();
  const step = useView((view) => view.step);
  const entries = useRuns((runs) => runs.entries);
  const oneSeed = useView((view) => view.oneSeed);
  const { verdict, several } = useMemo(() => shownVerdict(record, entries, step, oneSeed), [record, entries, step, oneSeed]);
  const probe = useView((view) => Math.min(view.probe, record.probes.length - 1));
  const nothing = useInspection(({ items }) => items.length === 0);
  const ask = useAsk();
  const answering = useAnswering();
  const changed = useChanged();
  const folding = useFolding();
  if (verdict === null) return null;
  const title = folding.foldable ? t('What happened, in numbers, and what does it not show?') : t('What happened');
  if (!folding.open)
    return (
      <section className={panel.folded} aria-label={t('Verdict')}>
        <FoldTitle folding={folding} title={title} />
        <p className={panel.answer}>{sentences([`${verdict.when}.`, ...verdict.limits.slice(0, 1)])}</p>
      </section>
    );
  return (
    <section className={changed ? `${styles.verdict} ${styles.changing}` : styles.verdict} aria-label={t('Verdict')}>
      <FoldTitle folding={folding} title={title} />
      <p className={styles.when}>
        {verdict.when}
        {several && (
          <>
            {' · '}
            <button
              type="button"
              className="plain"
              onClick={() => {
                setView({ oneSeed: !oneSeed });
              }}
            >
              {oneSeed ? t('All seeds') : t('Seed {seed} alone', { seed: record.spec.seed })}
            </button>
          </>
        )}
      </p>
      <Sentences verdict={verdict} changing={changed} />
      <WrittenTexts />
      <RealLlm />
      <div className={styles.limits}>
        <p>
          <b>{t('What this does not show.')}</b> {sentences(verdict.limits)}
        </p>
        <p>
          <T
            text="<button>{ask}</button> about a history of your own."
            values={{
              ask: askLabel(answering),
              button: (inside) => (
                <button
                  type="button"
                  className="plain"
                  onClick={() => {
                    // Starts with the history whose attention the figure shows, so that there is something to
                    // read at once.
                    const { user = '' } = record.probes[probe] ?? {};
                    if (nothing) ask?.takeUser(user === '' ? null : user);
                    setView({ centre: 'inspector' });
                  }}
                >
                  {inside}
                </button>
              ),
            }}
          />
        </p>
      </div>
    </section>
  );
}

/** Whether the verdict follows a run that is playing or training, or has done so since it appeared. */
function useChanged(): boolean {
  const playing = usePlaying((state) => state.playing);
  const busy = useExperiment(({ phase }) => isBusy(phase));
  const [changed, setChanged] = useState(false);
  const changing = playing || busy;
  if (changing && !changed) setChanged(true);
  return changing || changed;
}
