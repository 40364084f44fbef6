import { inSentence } from '../../recipe/words';
import type { ReactNode } from 'react';
import { SweepPlot } from '../../charts/sweep/SweepPlot';
import { drawnSweep } from '../../charts/sweep/sweepLines';
import { drawnMeasures, seedsOf, type Sweep } from '../../experiment/grid/sweep';
import { measureHeading } from '../../measures/measures';
import { Swatch } from '../controls/Swatch';
import { count, listed } from '../format';
import { Panel } from '../figure/panel/Panel';
import { sweepSentences, sweepTable } from './sweepWords';
import styles from './Sweep.module.css';

const SIZE = { width: 340, height: 250 };

interface SweepPanelProps {
  readonly sweep: Sweep;
  readonly name: string;
  /** Whether it is a grid of this browser rather than the site's. */
  readonly own: boolean;
  readonly controls?: ReactNode;
}

/** What a number of the recipe does to each arm: ranking, sinks and language over the learning rate, or whatever number a grid varies. */
export function SweepPanel({ sweep, name, own, controls }: SweepPanelProps) {
  const plots = drawnSweep(sweep);
  const [first] = plots;
  if (first === undefined) return null;
  const what = inSentence(sweep.label);
  const seeds = seedsOf(sweep);
  return (
    <Panel
      name={() => name}
      title={`What does the ${what} do to each arm?`}
      wide
      controls={controls}
      table={() => sweepTable(sweep)}
      sentence={sweepSentences(sweep).join(' ')}
      caption={`${own ? '' : `${sweep.name}: runs made beforehand, stored with this page. `}Means over ${seeds.length === 1 ? 'one seed' : `${count(seeds.length)} seeds`} with 95 % t-intervals, final evaluation on ${count(sweep.users)} test users; ${sweep.log}, ${count(sweep.steps)} steps of ${count(sweep.batchSize)} users. Intervals of differences are over seeds, paired, and not corrected for the number of values. Untrained: ${listed(untrainedOf(sweep))}.`}
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
            axis={() => sweep.label}
            base={base}
            size={SIZE}
            description={`${measure.name} over the ${what}: ${lines
              .map(
                ({ label, points }) =>
                  `${label} ${points.map(({ at, mean }) => `${mean.toFixed(measure.digits)} at ${at}`).join(', ')}`,
              )
              .join('; ')}`}
          />
        ))}
      </div>
    </Panel>
  );
}

/** The meaning of the dotted line in each drawing. */
function untrainedOf(sweep: Sweep): string[] {
  const known = drawnMeasures(sweep).filter(({ id }) => sweep.base[id] !== undefined);
  return known.length === 0
    ? ['not known']
    : known.map(({ id, name }) => (id === 'hr@10' ? 'zero-shot for HR' : `the base model for ${name}`));
}
