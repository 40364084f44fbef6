import { useId, useState } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import type { Measure } from '../../../../measures/measure';
import { differencesOverSeeds, type BySeed } from '../../../../statistics/comparison';
import { mean } from '../../../../statistics/statistics';
import { NumberInput } from '../../../ui/controls/NumberInput';
import { designOf, powerValues, seedsSentence } from '../../../../readings/runs/powerWords';
import styles from './Compare.module.css';

interface PowerNoteProps {
  readonly measure: Measure;
  /** The measure that is compared. */
  readonly name: string;
  readonly own: BySeed;
  readonly baseline: BySeed;
  /** Number of rows compared with the baseline, for the correction. */
  readonly comparisons: number;
}

/** The difference that these seeds can detect, and the number of seeds that a chosen difference needs. */
export function PowerNote({ measure, name, own, baseline, comparisons }: PowerNoteProps) {
  const differences = differencesOverSeeds(own, baseline);
  const design = designOf(differences, comparisons);
  const observed = differences.length === 0 ? 0 : Math.abs(mean(differences)) * measure.scale;
  const [wished, setWished] = useState<number | null>(null);
  const id = useId();
  if (design === null) {
    return (
      <p className={styles.caption}>
        <T
          text="{n, plural, one {<b>Power</b>: not known for {pair}: it takes two seeds whose differences are not all the same, and there is one.} other {<b>Power</b>: not known for {pair}: it takes two seeds whose differences are not all the same, and there are #.}}"
          values={{ n: differences.length, pair: name, b: (inside) => <b>{inside}</b> }}
        />
      </p>
    );
  }
  const asked = wished ?? Number(observed.toFixed(measure.digits));
  return (
    <div className={styles.caption}>
      <p>
        <T
          text="<b>Power</b> of {pair}: with these {n} seeds a difference of {difference} would be distinguishable in {share} % of such experiments (standard deviation of the paired differences {sd}, itself known from {n} seeds alone{comparisons, select, 1 {} other {, corrected for {comparisons} comparisons at the strictest}})."
          values={{
            ...powerValues(measure, differences.length, design, comparisons),
            pair: name,
            b: (inside) => <b>{inside}</b>,
          }}
        />
      </p>
      <p className={styles.power}>
        <label htmlFor={id}>
          {measure.unit === '' ? t('A difference of') : t('A difference of ({unit})', { unit: measure.unit })}
        </label>{' '}
        <NumberInput
          id={id}
          value={asked}
          onChange={(next) => {
            setWished(next);
          }}
        />{' '}
        <span role="status">{seedsSentence(asked / measure.scale, design)}</span>
      </p>
    </div>
  );
}
