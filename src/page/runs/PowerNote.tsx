import { useId, useState } from 'react';
import type { Measure } from '../../measures/measure';
import { differencesOverSeeds, type BySeed } from '../../statistics/comparison';
import { mean } from '../../statistics/statistics';
import { NumberInput } from '../controls/NumberInput';
import { count } from '../format';
import { designOf, powerSentence, seedsSentence } from './powerWords';
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
        <b>Power</b>: not known for {name}: it takes two seeds whose differences are not all the same, and there{' '}
        {differences.length === 1 ? 'is one' : `are ${count(differences.length)}`}.
      </p>
    );
  }
  const asked = wished ?? Number(observed.toFixed(measure.digits));
  return (
    <div className={styles.caption}>
      <p>
        <b>Power</b> of {name}: {powerSentence(measure, differences.length, design, comparisons)}
      </p>
      <p className={styles.power}>
        <label htmlFor={id}>A difference of{measure.unit === '' ? '' : ` (${measure.unit})`}</label>{' '}
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
