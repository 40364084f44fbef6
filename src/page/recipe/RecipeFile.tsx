import { whatChanged } from '../../recipe/whatChanged';
import { listed } from '../format';
import { useRuns } from '../runs/runsState';
import { check, useRecipe } from '../state/recipe';
import { saveRecipe } from './saveRecipe';
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
        <p className={styles.note} aria-label="Changes since the last run">
          {sentence(whatChanged(last.spec, spec))}
        </p>
      )}
      <p className={styles.note}>
        <button type="button" className="plain" disabled={!spec} onClick={saveRecipe}>
          Save recipe
        </button>{' '}
        as a file; Open reads it.
      </p>
    </>
  );
}

function sentence(changes: readonly string[]): string {
  if (changes.length === 0) return 'Same as the last run.';
  const more = changes.length - NAMED;
  return `Since the last run: ${listed([...changes.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])])}.`;
}
