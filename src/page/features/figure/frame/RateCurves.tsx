import { SweepPlot } from '../../../../charts/sweep/SweepPlot';
import { sweepLines } from '../../../../charts/sweep/sweepLines';
import { drawnMeasures, type Sweep } from '../../../../experiment/grid/sweep';
import type { Topic } from '../../../../measures/measure';
import { measureText } from '../../../../measures/measures';
import { Swatch } from '../../../ui/controls/Swatch';
import { t } from '../../../../words/words';
import styles from './Frame.module.css';

interface RateCurvesProps {
  readonly sweep: Sweep;
  readonly narrow: boolean;
  readonly height: number;
}

const PLACES: readonly Topic[] = ['attention', 'language', 'ranking'];

/** Stuck heads, language and hits against the learning rate, for all arms of the grid. */
export function RateCurves({ sweep, narrow, height }: RateCurvesProps) {
  // In the order of the curves over training.
  const measures = drawnMeasures(sweep).toSorted((a, b) => PLACES.indexOf(a.topic) - PLACES.indexOf(b.topic));
  if (measures.length === 0) return null;
  return (
    <>
      <p className={styles.legend}>
        {sweepLines(sweep.lines, measures[0]!).map(({ label, mark }) => (
          <span key={label} translate="no">
            <Swatch mark={mark} /> {label}
          </span>
        ))}
      </p>
      <div className={narrow ? undefined : styles.charts}>
        {measures.map((measure) => {
          const { id, topic } = measure;
          const shown = topic === 'attention' ? { ...measure, scale: 100 as const, digits: 0 } : measure;
          const name = (): string =>
            topic === 'attention'
              ? t('Heads stuck on one item (%), lower is better')
              : topic === 'ranking'
                ? t('Next item in the top {k} (%), higher is better', { k: 10 })
                : t('Language lost (nats per token; +0.7: half as likely)');
          const lines = sweepLines(sweep.lines, shown);
          const base = sweep.base[id];
          return (
            <SweepPlot
              key={id}
              title={name}
              lines={lines}
              axis={() => t('Learning rate')}
              base={base === undefined || topic === 'ranking' ? null : base * shown.scale}
              size={{ width: 420, height: Math.max(height, 190) }}
              description={lines
                .map(({ label, points }) =>
                  t('{line} {values}', {
                    line: label,
                    values: points
                      .map(({ at, mean }) =>
                        t('{value} at {place}', { value: measureText({ scale: 1, digits: shown.digits }, mean), place: at }),
                      )
                      .join(', '),
                  }),
                )
                .join('; ')}
            />
          );
        })}
      </div>
    </>
  );
}
