import { useId, useState } from 'react';
import { useRecipe, presetOf, resetField, setField } from '../state/recipe';
import type { FieldSpec } from './fields';
import { parseAutoNumber, parseNumber, parseNumbers, valueText } from './parseValue';
import { readField, sameValue } from '../../recipe/specPath';
import styles from './Recipe.module.css';

/** One field: label, control, a mark and a reset where it differs from the preset, the schema's message where it is wrong. */
export function Field({ field, error }: { readonly field: FieldSpec; readonly error: string | undefined }) {
  const id = useId();
  const value = useRecipe((recipe) => readField(recipe.draft, field.path));
  const preset = useRecipe((recipe) => readField(presetOf(recipe.presetId).spec, field.path));
  const changed = !sameValue(value, preset);
  return (
    <div className={styles.field} data-kind={field.kind} data-changed={changed} title={field.hint}>
      <label htmlFor={id}>{field.label}</label>
      <Control id={id} field={field} value={value} error={error} />
      {changed && (
        <button
          type="button"
          className={styles.reset}
          aria-label={`Reset ${field.label}`}
          title={`Back to ${valueText(preset) || String(preset)}`}
          onClick={() => {
            resetField(field.path);
          }}
        >
          ↺
        </button>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: FieldSpec;
  readonly value: unknown;
  readonly error: string | undefined;
}

function Control({ id, field, value, error }: ControlProps) {
  const common = { id, 'aria-invalid': error !== undefined, 'aria-describedby': error === undefined ? undefined : `${id}-error` };
  switch (field.kind) {
    case 'check':
      return (
        <input
          {...common}
          type="checkbox"
          checked={value === true}
          onChange={(event) => {
            setField(field.path, event.currentTarget.checked);
          }}
        />
      );
    case 'select':
      return (
        <select
          {...common}
          value={String(value)}
          onChange={(event) => {
            setField(field.path, event.currentTarget.value);
          }}
        >
          {field.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      );
    case 'subset':
      return <Subset id={id} field={field} value={Array.isArray(value) ? value.map(String) : []} />;
    case 'text':
    case 'number':
    case 'numbers':
    case 'autoNumber':
      return <TextInput {...common} field={field} value={value} />;
  }
}

const PARSE = { text: (text: string) => text, number: parseNumber, numbers: parseNumbers, autoNumber: parseAutoNumber } as const;

/** Keeps what is being typed, so that `2e-` is not rewritten under the cursor. */
function TextInput({ field, value, ...common }: { readonly id: string; readonly field: FieldSpec; readonly value: unknown }) {
  const [typed, setTyped] = useState<{ text: string; value: unknown } | null>(null);
  const kind = field.kind as keyof typeof PARSE;
  return (
    <input
      {...common}
      type="text"
      inputMode={kind === 'number' ? 'decimal' : 'text'}
      value={typed && sameValue(typed.value, value) ? typed.text : valueText(value)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        const parsed = PARSE[kind](text);
        setTyped({ text, value: parsed });
        setField(field.path, parsed);
      }}
      onBlur={() => {
        setTyped(null);
      }}
    />
  );
}

function Subset({
  id,
  field,
  value,
}: {
  readonly id: string;
  readonly field: FieldSpec & { kind: 'subset' };
  readonly value: readonly string[];
}) {
  return (
    <span id={id} role="group" aria-label={field.label} className={styles.subset}>
      {field.options.map((option) => (
        <label key={option}>
          <input
            type="checkbox"
            checked={value.includes(option)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              setField(
                field.path,
                field.options.filter((one) => (one === option ? on : value.includes(one))),
              );
            }}
          />
          {option.replace('_proj', '')}
        </label>
      ))}
    </span>
  );
}
