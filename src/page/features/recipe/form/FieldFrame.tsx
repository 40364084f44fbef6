import { useId, useState, type ReactNode } from 'react';
import type { RecipeField } from '../../../../recipe/fields';
import { labelWithUnit } from '../../../../recipe/words';
import { FieldControl } from './FieldControl';
import { HintButton, HintText } from './Hint';
import styles from './Recipe.module.css';

interface FieldFrameProps {
  readonly field: RecipeField;
  readonly className: string | undefined;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly changed?: boolean;
  readonly onChange: (value: unknown) => void;
  /** Buttons beside that of the hint. */
  readonly children?: ReactNode;
}

/** A field of the recipe or of an arm: label, control, hint, and a sentence if it is wrong. */
export function FieldFrame({ field, className, value, error, changed, onChange, children }: FieldFrameProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const label = labelWithUnit(field);
  return (
    <div className={className} data-kind={field.kind} data-changed={changed} title={field.hint}>
      <label htmlFor={id}>{label}</label>
      <FieldControl id={id} field={field} value={value} error={error} onChange={onChange} />
      <span className={styles.buttons}>
        <HintButton
          id={id}
          label={label}
          hint={field.hint}
          open={open}
          onToggle={() => {
            setOpen(!open);
          }}
        />
        {children}
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
