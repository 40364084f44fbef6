import { useState, type InputHTMLAttributes } from 'react';
import { sameValue } from '../../../recipe/specPath';

type Attributes = Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'defaultValue' | 'onChange' | 'onBlur' | 'type'>;

interface TypedInputProps<T> extends Attributes {
  readonly value: T;
  readonly show: (value: T) => string;
  /**
   * Null for a text that is not accepted: it stays in the field, marked as invalid, until it is corrected.
   */
  readonly read: (text: string) => { readonly value: T } | null;
  readonly onChange: (value: T) => void;
}

/**
 * A field for a value that is written as text. Text being typed is left alone: `2e-` is not rewritten under
 * the cursor.
 */
export function TypedInput<T>({ value, show, read, onChange, ...attributes }: TypedInputProps<T>) {
  /** The text, and the value that it gave; another value from outside replaces it. */
  const [typed, setTyped] = useState<{ readonly text: string; readonly taken: boolean; readonly value: T } | null>(null);
  const current = typed !== null && sameValue(typed.value, value) ? typed : null;
  return (
    <input
      {...attributes}
      type="text"
      aria-invalid={attributes['aria-invalid'] ?? current?.taken === false}
      value={current?.text ?? show(value)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        const given = read(text);
        setTyped({ text, taken: given !== null, value: given === null ? value : given.value });
        if (given !== null) onChange(given.value);
      }}
      onBlur={() => {
        if (current?.taken !== false) setTyped(null);
      }}
    />
  );
}
