import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { whatChanged } from '../../../../recipe/whatChanged';
import { listed } from '../../../../readings/format';
import { useRuns } from '../../../state/runs/runsState';
import { check, useRecipe } from '../../../state/recipe/recipe';
import { saveRecipe } from '../../../state/recipe/saveRecipe';
import styles from './Recipe.module.css';

/** Maximum number of changes named; more are counted. */
const NAMED = 4;

/** How the next run will differ from the last saved one, and the recipe as a file. */
export function RecipeFile() {
  const draft = useRecipe((recipe) => recipe.draft);
  const last = useRuns((runs) => runs.entries.at(-1) ?? null);
  const { spec } = check(draft);
  return (
    <>
      {last && spec && (
        <p className={styles.note} aria-label={t('Changes since the last run')}>
          {sentence(whatChanged(last.spec, spec))}
        </p>
      )}
      <p className={styles.note}>
        <T
          text="<a>Save recipe</a> as a file; Open reads it."
          values={{
            a: (inside) => (
              <button type="button" className="plain" disabled={!spec} onClick={saveRecipe}>
                {inside}
              </button>
            ),
          }}
        />
      </p>
    </>
  );
}

function sentence(changes: readonly string[]): string {
  if (changes.length === 0) return t('Same as the last run.');
  const more = changes.length - NAMED;
  const named = [...changes.slice(0, NAMED), ...(more > 0 ? [t('{n} more', { n: more })] : [])];
  return t('Since the last run: {changes}.', { changes: listed(named) });
}
