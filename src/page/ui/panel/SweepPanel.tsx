import { t } from '../../../words/words';
import { inSentence } from '../../../recipe/words';
import type { ReactNode } from 'react';
import { SweepPlot } from '../../../charts/sweep/SweepPlot';
import { drawnSweep } from '../../../charts/sweep/sweepLines';
import { drawnMeasures, seedsOf, type Sweep } from '../../../experiment/grid/sweep';
import { measureHeading } from '../../../measures/measures';
import { Swatch } from '../controls/Swatch';
import { count, listed, sentences } from '../../../readings/format';
import { Panel } from './Panel';
import { sweepSentences, sweepTable } from '../../../readings/sweep/sweepWords';
import styles from './Sweep.module.css';

const SIZE = { width: 340, height: 250 };

interface SweepPanelProps {
  readonly sweep: Sweep;
  readonly name: () => string;
  /** Whether it is a grid of this browser rather than the site's. */
  readonly own: boolean;
  readonly controls?: ReactNode;
}

/**
 * What a number of the recipe does to each arm: ranking, sinks and language over the learning rate, or
 * whatever number a grid varies.
 */
export function SweepPanel({ sweep, name, own, controls }: SweepPanelProps) {
  const plots = drawnSweep(sweep);
  const [first] = plots;
  if (first === undefined) return null;
  const what = inSentence(t(sweep.label));
  return (
    <Panel
      name={name}
      title={t('What does the {field} do to each arm?', { field: what })}
      wide
      controls={controls}
      table={() => sweepTable(sweep)}
      sentence={sweepSentences(sweep).join(' ')}
      caption={own ? captionOf(sweep) : sentences([t('Runs made beforehand, stored with this page.'), captionOf(sweep)])}
    >
      <p className={styles.legend}>
        {first.lines.map(({ label, mark }) => (
          <span key={label} translate="no">
            <Swatch mark={mark} /> {label}
          </span>
        ))}
      </p>
      <div className={styles.plots}>
        {plots.map(({ measure, lines, base }) => (
          <SweepPlot
            key={measure.id}
            title={() => measureHeading(measure)}
            lines={lines}
            axis={() => t(sweep.label)}
            base={base}
            size={SIZE}
            description={t('{measure} over the {field}: {lines}', {
              measure: measure.name,
              field: what,
              lines: lines
                .map(({ label, points }) =>
                  t('{line} {values}', {
                    line: label,
                    values: points
                      .map(({ at, mean }) => t('{value} at {place}', { value: mean.toFixed(measure.digits), place: at }))
                      .join(', '),
                  }),
                )
                .join('; '),
            })}
          />
        ))}
      </div>
    </Panel>
  );
}

function captionOf(sweep: Sweep): string {
  const seeds = seedsOf(sweep).length;
  const { steps, batchSize } = sweep;
  const attends =
    sweep.baseOnTest !== true &&
    drawnMeasures(sweep).some(({ id, topic }) => topic === 'attention' && sweep.base[id] !== undefined);
  const caption = t(
    'Means over {n, plural, =1 {one seed} other {{seeds} seeds}} with 95 % t-intervals, final evaluation on {users} test users; {varied, select, yes {{log}} other {{log}, {steps} steps of {batch} users}}. Intervals of differences are over seeds, paired, and not corrected for the number of values. Untrained: {untrained}.',
    {
      n: seeds,
      seeds: count(seeds),
      users: count(sweep.users),
      log: sweep.log,
      varied: steps === null || batchSize === null ? 'yes' : 'no',
      steps: count(steps ?? 0),
      batch: count(batchSize ?? 0),
      untrained: listed(untrainedOf(sweep)),
    },
  );
  return attends ? sentences([caption, t('The base model’s attention is that of the sampled users.')]) : caption;
}

/** The meaning of the dotted line in each drawing. */
function untrainedOf(sweep: Sweep): string[] {
  const known = drawnMeasures(sweep).filter(({ id }) => sweep.base[id] !== undefined);
  const ranked = known.filter(({ topic }) => topic === 'ranking');
  const others = known.filter(({ topic }) => topic !== 'ranking');
  return known.length === 0
    ? [t('not known')]
    : [
        ...ranked.map(() => t('zero-shot for HR')),
        ...(others.length > 0 ? [t('the base model for {measure}', { measure: listed(others.map(({ name }) => name)) })] : []),
      ];
}
