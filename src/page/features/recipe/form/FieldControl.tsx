import { t } from '../../../../words/words';
import type { RecipeField } from '../../../../recipe/fields';
import { NO_LAYER } from '../../../../recipe/runSpec';
import { isNoLayer } from '../../../../recipe/whatChanged';
import { labelWithUnit } from '../../../../recipe/words';
import { TypedInput } from '../../../ui/controls/TypedInput';
import { TextFile } from './TextFile';
import { parseAutoNumber, parseNumber, parseNumbers, fieldText } from '../../../ui/controls/parseValue';
import styles from './Recipe.module.css';

interface FieldControlProps {
  readonly id: string;
  readonly field: RecipeField;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly onChange: (value: unknown) => void;
}

/** The control of a field, chosen by its schema. */
export function FieldControl({ id, field, value, error, onChange }: FieldControlProps) {
  const described = error !== undefined ? `${id}-error` : field.hint !== undefined ? `${id}-hint` : undefined;
  const common = { id, 'aria-invalid': error !== undefined, 'aria-describedby': described };
  switch (field.kind) {
    case 'check':
      return (
        <input
          {...common}
          type="checkbox"
          checked={value === true}
          onChange={(event) => {
            onChange(event.currentTarget.checked);
          }}
        />
      );
    case 'select':
      return (
        <select
          {...common}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => {
            onChange(event.currentTarget.value === '' ? field.empty : event.currentTarget.value);
          }}
        >
          {field.empty !== 'never' && <option value="">{t('as in recipe')}</option>}
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
          {/* A value of earlier recipes, which is not offered any more. */}
          {typeof value === 'string' && field.options.every((option) => option.value !== value) && (
            <option value={value} disabled>
              {value}
            </option>
          )}
        </select>
      );
    case 'subset':
      return <Subset id={id} field={field} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
    case 'texts':
      return <TextFile {...common} texts={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
    case 'text':
    case 'number':
    case 'numbers':
    case 'autoNumber': {
      const parse = PARSE[field.kind];
      return (
        <TypedInput<unknown>
          {...common}
          inputMode={field.kind === 'number' ? 'decimal' : 'text'}
          autoComplete="off"
          placeholder={field.empty === 'never' ? undefined : t('as in recipe')}
          value={value}
          show={(one) => (isNoLayer(field, one) ? t('none') : fieldText(one))}
          read={(text) => {
            if (text.trim() === t('none') && isNoLayer(field, NO_LAYER)) return { value: NO_LAYER };
            return { value: field.empty !== 'never' && text.trim() === '' ? field.empty : parse(text) };
          }}
          onChange={onChange}
        />
      );
    }
  }
}

const PARSE = { text: (text: string) => text, number: parseNumber, numbers: parseNumbers, autoNumber: parseAutoNumber } as const;

interface SubsetProps {
  readonly id: string;
  readonly field: RecipeField & { readonly kind: 'subset' | 'select' };
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

function Subset({ id, field, value, onChange }: SubsetProps) {
  return (
    <span id={id} role="group" aria-label={labelWithUnit(field)} className={styles.subset}>
      {field.options.map((option) => (
        <label key={option.value}>
          <input
            type="checkbox"
            checked={value.includes(option.value)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              const all = field.options.map((one) => one.value);
              onChange(all.filter((one) => (one === option.value ? on : value.includes(one))));
            }}
          />
          {option.label}
        </label>
      ))}
    </span>
  );
}
