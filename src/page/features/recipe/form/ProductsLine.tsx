import { t } from '../../../../words/words';
import { Tip } from '../../../ui/controls/Term';
import { useExperiment } from '../../../state/run/experiment';
import { useRecipe } from '../../../state/recipe/recipe';
import styles from './Recipe.module.css';

/** What was checked of the device's arithmetic before the run on screen, if it is of the recipe's model. */
export function ProductsLine() {
  const chosen = useRecipe((recipe) => recipe.draft.model.id);
  const checked = useExperiment(({ record }) => (record?.spec.model.id === chosen ? record.checked : undefined));
  if (checked === undefined) return null;
  const { products } = checked;
  return (
    <p className={styles.certificate}>
      <Tip
        text={t(
          'Before the first step, the device computed each from random whole numbers, in the shapes that the run has. A product with a wrong element passes once in 1,000 times (Freivalds’ method).',
        )}
      >
        {t('{products, plural, one {# product of matrices checked · exact} other {# products of matrices checked · all exact}}', {
          products,
        })}
      </Tip>
    </p>
  );
}
