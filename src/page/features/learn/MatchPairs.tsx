import { t } from '../../../words/words';
import type { Drawn } from '../../../learn/curve';
import type { Matching } from '../../../learn/match';
import styles from './Learn.module.css';

interface MatchPairsProps {
  readonly matching: Matching;
  /** Place of the chosen text, by pair; null where none is chosen. */
  readonly chosen: Drawn;
  readonly onChoose: (chosen: Drawn) => void;
  readonly revealed: boolean;
}

/** Two texts for each history, one of which is chosen; once revealed, each has its arm's name. */
export function MatchPairs({ matching: { pairs, arm, other }, chosen, onChoose, revealed }: MatchPairsProps) {
  return pairs.map(({ target, texts, right }, pair) => (
    <fieldset key={pair} className={styles.question}>
      <legend>{t('Next item: {target}', { target })}</legend>
      {texts.map((text, place) => (
        <button
          key={place}
          type="button"
          className={styles.option}
          data-printed
          aria-pressed={chosen[pair] === place}
          disabled={revealed}
          onClick={() => {
            onChoose(chosen.map((one, i) => (i === pair ? place : one)));
          }}
        >
          <span translate="no">{text}</span>
          {revealed && (
            <b className={styles.whose} translate="no">
              {place === right ? arm : other}
            </b>
          )}
        </button>
      ))}
    </fieldset>
  ));
}
