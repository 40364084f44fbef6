import { useId } from 'react';
import styles from './controls.module.css';

export interface ChoiceOption<T extends string | number> {
  readonly value: T;
  readonly label: string;
}

interface ChoiceProps<T extends string | number> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly ChoiceOption<T>[];
  readonly onChange: (value: T) => void;
}

/** A labelled select whose values keep their type. */
export function Select<T extends string | number>({ label, value, options, onChange }: ChoiceProps<T>) {
  const id = useId();
  return (
    <span className={styles.control}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={String(value)}
        onChange={(event) => {
          const option = options.find((one) => String(one.value) === event.currentTarget.value);
          if (option) onChange(option.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={String(option.value)}>
            {option.label}
          </option>
        ))}
      </select>
    </span>
  );
}

/** A few options side by side, as radio buttons that look like words. */
export function Segments<T extends string | number>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <span className={styles.control} role="radiogroup" aria-label={label}>
      <span aria-hidden="true">{label}</span>
      <span className={styles.segments}>
        {options.map((option) => (
          <label key={option.value} data-on={option.value === value}>
            <input
              type="radio"
              className="visually-hidden"
              name={name}
              checked={option.value === value}
              onChange={() => {
                onChange(option.value);
              }}
            />
            {option.label}
          </label>
        ))}
      </span>
    </span>
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Checkbox({ label, checked, onChange }: CheckProps) {
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
      {label}
    </label>
  );
}
