import { useId, useState } from 'react';
import { differenceText } from '../../recipe/whatChanged';
import type { Field as RecipeField } from '../../recipe/fields';
import { readField, sameValue, type SpecPath } from '../../recipe/specPath';
import { labelWithUnit } from '../../recipe/words';
import { presetOf, resetField, setField, useRecipe } from '../state/recipe';
import { FieldControl } from './FieldControl';
import { HintButton, HintText } from './Hint';
import styles from './Recipe.module.css';

interface FieldProps {
  readonly field: RecipeField<SpecPath>;
  readonly error: string | undefined;
}

/** One field: label, hint, control, a mark and a reset where it differs from the preset, a sentence where it is wrong. */
export function Field({ field, error }: FieldProps) {
  const id = useId();
  const value = useRecipe((recipe) => readField(recipe.draft, field.path));
  const preset = useRecipe((recipe) => readField(presetOf(recipe.presetId).spec, field.path));
  const changed = !sameValue(value, preset);
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.field} data-kind={field.kind} data-changed={changed} title={field.hint}>
      <label htmlFor={id}>{labelWithUnit(field)}</label>
      <FieldControl
        id={id}
        field={field}
        value={value}
        error={error}
        onChange={(next) => {
          setField(field.path, next);
        }}
      />
      <span className={styles.buttons}>
        <HintButton
          id={id}
          label={labelWithUnit(field)}
          hint={field.hint}
          open={open}
          onToggle={() => {
            setOpen(!open);
          }}
        />
        {changed && (
          <button
            type="button"
            className={styles.reset}
            aria-label={`Reset ${field.label}`}
            title={`Back to ${differenceText(field, preset)}`}
            onClick={() => {
              resetField(field.path);
            }}
          >
            ↺
          </button>
        )}
      </span>
      <HintText id={id} hint={field.hint} open={open} />
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </div>
  );
}
