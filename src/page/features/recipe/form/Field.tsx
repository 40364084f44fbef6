import { t } from '../../../../words/words';
import { fieldValueText } from '../../../../recipe/whatChanged';
import type { RecipeField } from '../../../../recipe/fields';
import { readField, sameValue, type SpecPath } from '../../../../recipe/specPath';
import { presetOf, resetField, setField, useRecipe } from '../../../state/recipe/recipe';
import { FieldFrame } from './FieldFrame';
import styles from './Recipe.module.css';

interface FieldProps {
  readonly field: RecipeField<SpecPath>;
  readonly error: string | undefined;
}

/** One field, with a mark and a reset button if it differs from the preset. */
export function Field({ field, error }: FieldProps) {
  const value = useRecipe((recipe) => readField(recipe.draft, field.path));
  const preset = useRecipe((recipe) => readField(presetOf(recipe.presetId).spec, field.path));
  const changed = !sameValue(value, preset);
  return (
    <FieldFrame
      field={field}
      className={styles.field}
      value={value}
      error={error}
      changed={changed}
      onChange={(next) => {
        setField(field.path, next);
      }}
    >
      {changed && (
        <button
          type="button"
          className={styles.reset}
          aria-label={t('Reset {field}', { field: field.label })}
          title={t('Back to {value}', { value: fieldValueText(field, preset) })}
          onClick={() => {
            resetField(field.path);
          }}
        >
          ↺
        </button>
      )}
    </FieldFrame>
  );
}
