import { useId, useState } from 'react';
import { armMark } from '../../charts/marks/armMark';
import { Swatch } from '../controls/Swatch';
import type { ArmSpec } from '../../recipe/runSpec';
import { changeArm, duplicateArm, removeArm, useRecipe } from '../state/recipe';
import { parseNumber, valueText } from './parseValue';
import { armLine } from './summaries';
import styles from './Arms.module.css';

/** Arms as chips with their λ's; a chip opens into its form. */
export function Arms({ errors }: { readonly errors: ReadonlyMap<string, string> }) {
  const arms = useRecipe((recipe) => recipe.draft.arms);
  const [open, setOpen] = useState<string | null>(null);
  const ids = arms.map((arm) => arm.id);
  return (
    <ul className={styles.arms} aria-label="Arms">
      {arms.map((arm, index) => (
        <li key={arm.id} className={styles.arm}>
          <button
            type="button"
            className={styles.chip}
            aria-expanded={open === arm.id}
            onClick={() => {
              setOpen(open === arm.id ? null : arm.id);
            }}
          >
            <Swatch mark={armMark(arm.id, ids)} />
            <b>{arm.label}</b>
            <span>{armLine(arm)}</span>
          </button>
          {open === arm.id && (
            <ArmForm arm={arm} index={index} only={arms.length === 1} full={arms.length >= 8} errors={errors} />
          )}
        </li>
      ))}
      {errors.has('arms') && <li className={styles.error}>{errors.get('arms')}</li>}
    </ul>
  );
}

interface ArmFormProps {
  readonly arm: ArmSpec;
  readonly index: number;
  readonly only: boolean;
  readonly full: boolean;
  readonly errors: ReadonlyMap<string, string>;
}

function ArmForm({ arm, index, only, full, errors }: ArmFormProps) {
  const id = useId();
  const at = (key: keyof ArmSpec): string | undefined => errors.get(`arms.${index}.${key}`);
  return (
    <div className={styles.form}>
      <label htmlFor={`${id}-label`}>Label</label>
      <input
        id={`${id}-label`}
        type="text"
        value={arm.label}
        onChange={(event) => {
          changeArm(index, { label: event.currentTarget.value });
        }}
      />
      <Problem text={at('label')} />
      <label htmlFor={`${id}-gen`}>λgen, text from the history</label>
      <NumberInput
        id={`${id}-gen`}
        value={arm.lambdaGen}
        onChange={(lambdaGen) => {
          changeArm(index, { lambdaGen });
        }}
      />
      <Problem text={at('lambdaGen')} />
      <label htmlFor={`${id}-rec`}>λrec, text from h alone</label>
      <NumberInput
        id={`${id}-rec`}
        value={arm.lambdaRec}
        onChange={(lambdaRec) => {
          changeArm(index, { lambdaRec });
        }}
      />
      <Problem text={at('lambdaRec')} />
      <label htmlFor={`${id}-shuffled`}>Text of a random item (control)</label>
      <input
        id={`${id}-shuffled`}
        type="checkbox"
        checked={arm.shuffledText}
        onChange={(event) => {
          changeArm(index, { shuffledText: event.currentTarget.checked });
        }}
      />
      <div className={styles.actions}>
        <button
          type="button"
          disabled={full}
          onClick={() => {
            duplicateArm(index);
          }}
        >
          Duplicate
        </button>
        <button
          type="button"
          disabled={only}
          onClick={() => {
            removeArm(index);
          }}
        >
          Remove
        </button>
      </div>
    </div>
  );
}

function Problem({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : <p className={styles.error}>{text}</p>;
}

interface NumberInputProps {
  readonly id: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function NumberInput({ id, value, onChange }: NumberInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      id={id}
      type="text"
      inputMode="decimal"
      value={typed ?? valueText(value)}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(parseNumber(event.currentTarget.value));
      }}
      onBlur={() => {
        setTyped(null);
      }}
    />
  );
}
