import { t } from '../../../../words/words';
import { numbersText, type FileStorage } from '../../../../record/fileStorage';
import type { StorageError } from '../../../../record/runRecord';
import { Tip } from '../../../ui/controls/Term';
import { useExperiment } from '../../../state/run/experiment';
import { useRecipe } from '../../../state/recipe/recipe';
import styles from './Recipe.module.css';

/**
 * What storing or multiplying the frozen weights in fewer bits cost the recipe's model in the run on screen.
 */
export function StorageLine() {
  const chosen = useRecipe((recipe) => recipe.draft.model.id);
  const base = useExperiment(({ record }) => (record?.spec.model.id === chosen ? record.base : null));
  if (base?.storage === undefined) return null;
  const { storage, fileStorage } = base;
  return (
    <p className={styles.certificate}>
      <Tip text={storageTitle(storage)}>{storageText(storage, fileStorage)}</Tip>
    </p>
  );
}

/** Half precision costs less than a thousandth of a nat. */
const DIGITS = 4;

export function storageText({ precision, arithmetic, nll }: StorageError, fileStorage?: FileStorage): string {
  const rise = nll.stored - nll.f32;
  return t('Weights in {format}: NLL {f32} → {stored} ({rise})', {
    format: numbersText({ precision, arithmetic }, fileStorage),
    f32: nll.f32.toFixed(DIGITS),
    stored: nll.stored.toFixed(DIGITS),
    rise: `${rise < 0 ? '−' : '+'}${Math.abs(rise).toFixed(DIGITS)}`,
  });
}

function storageTitle({ tokens, maxRelative, divergence }: StorageError): string {
  return t(
    'Base model on {tokens} tokens of item texts, in nats per token; largest logit difference from f32 {difference} of the largest logit; KL divergence {divergence} nats per token.',
    { tokens: String(tokens), difference: maxRelative.toExponential(1), divergence: divergence.toExponential(1) },
  );
}
