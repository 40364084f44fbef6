import { parseNumber, fieldText } from './parseValue';
import { TypedInput } from './TypedInput';

interface Shared {
  readonly id?: string;
  readonly title?: string;
  readonly 'aria-label'?: string;
  /** Inclusive limits. A number outside them stays in the field, marked as invalid, and is not used. */
  readonly min?: number;
  readonly max?: number;
  readonly whole?: boolean;
}
interface RequiredProps extends Shared {
  readonly optional?: false;
  readonly value: number;
  readonly onChange: (value: number) => void;
}
interface OptionalProps extends Shared {
  /** Null if the field is empty. */
  readonly optional: true;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

/** A number within its limits, or none if `optional` allows it. */
export function NumberInput(props: RequiredProps | OptionalProps) {
  const { min = -Infinity, max = Infinity, whole = false } = props;
  const fits = (number: number): boolean => number >= min && number <= max && (!whole || Number.isInteger(number));
  const take = (value: number | null): void => {
    if (props.optional === true) props.onChange(value);
    else if (value !== null) props.onChange(value);
  };
  return (
    <TypedInput<number | null>
      id={props.id}
      title={props.title}
      aria-label={props['aria-label']}
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={props.value}
      show={fieldText}
      read={(text) => {
        if (text.trim() === '') return props.optional === true ? { value: null } : null;
        const value = parseNumber(text);
        return fits(value) ? { value } : null;
      }}
      onChange={take}
    />
  );
}
