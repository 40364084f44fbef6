import { t } from '../../../../words/words';
import { percent } from '../../../../readings/format';
import { Tip } from '../../../ui/controls/Term';
import { useExperiment } from '../../../state/run/experiment';
import { useRecipe } from '../../../state/recipe/recipe';
import styles from './Recipe.module.css';

/** What was checked of the device's arithmetic before the run on screen, if it is of the recipe's model. */
export function ProductsLine() {
  const chosen = useRecipe((recipe) => recipe.draft.model.id);
  const checked = useExperiment(({ record }) => (record?.spec.model.id === chosen ? record.checked : undefined));
  if (checked === undefined) return null;
  const { products, worst } = checked;
  return (
    <p className={styles.certificate}>
      <Tip
        text={t(
          'Each size of product that the run has was computed on random numbers and compared with the processor’s (Freivalds’ method). A wrong entry above the tolerance is missed once in 1,000 times.',
        )}
      >
        {t(
          '{products, plural, one {# product of matrices} other {# products of matrices}} checked · largest error {share}% of what rounding allows',
          {
            products,
            share: percent(worst),
          },
        )}
      </Tip>
    </p>
  );
}
