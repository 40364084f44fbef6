import { t } from '../../../../words/words';
import { useId, useRef } from 'react';
import type { SpecPath } from '../../../../recipe/specPath';
import { readField } from '../../../../recipe/specPath';
import { TEMPLATE_FIELDS, type TemplateKind } from '../../../../recipe/template';
import type { TemplatePreview } from '../../../../record/templatePreview';
import { presetOf, resetField, setField, useRecipe } from '../../../state/recipe/recipe';
import { TokenText } from './TokenText';
import recipe from '../form/Recipe.module.css';
import styles from './Templates.module.css';

interface TemplateFieldProps {
  readonly kind: TemplateKind;
  readonly path: SpecPath;
  readonly label: string;
  readonly note: string;
  readonly preview: TemplatePreview | null;
  readonly error: string | undefined;
}

/** A template with its fields as chips, its errors, and its text for the example. */
export function TemplateField({ kind, path, label, note, preview, error }: TemplateFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const template = useRecipe(({ draft }) => String(readField(draft, path)));
  const preset = useRecipe(({ presetId }) => String(readField(presetOf(presetId).spec, path)));
  const insert = (field: string): void => {
    const { selectionStart, selectionEnd } = input.current ?? {};
    const from = selectionStart ?? template.length;
    const piece = `{${field}}`;
    setField(path, template.slice(0, from) + piece + template.slice(selectionEnd ?? from));
    // Once React has written the new value, the cursor moves behind the inserted text.
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(from + piece.length, from + piece.length);
    });
  };
  const text = preview?.texts[kind] ?? null;
  return (
    <div className={styles.field} data-changed={template !== preset}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.line}>
        <input
          ref={input}
          id={id}
          type="text"
          spellCheck={false}
          value={template}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? `${id}-note` : `${id}-error`}
          onChange={(event) => {
            setField(path, event.currentTarget.value);
          }}
        />
        {template !== preset && (
          <button
            type="button"
            className={recipe.reset}
            aria-label={t('Reset {field}', { field: label })}
            title={t('Back to {value}', { value: preset })}
            onClick={() => {
              resetField(path);
            }}
          >
            ↺
          </button>
        )}
      </div>
      <div className={styles.chips} role="group" aria-label={t('Fields for {field}', { field: label })}>
        {TEMPLATE_FIELDS[kind]
          .filter((field) => field !== 'description')
          .map((field) => {
            const value = preview?.values[field] ?? '';
            return (
              <button
                key={field}
                type="button"
                data-empty={preview !== null && value === ''}
                title={preview === null ? t('Insert {field}', { field: `{${field}}` }) : value === '' ? t('Empty here') : value}
                translate="no"
                onClick={() => {
                  insert(field);
                }}
              >
                {`{${field}}`}
              </button>
            );
          })}
      </div>
      {error !== undefined && (
        <p id={`${id}-error`} className={recipe.error}>
          {error}
        </p>
      )}
      <p id={`${id}-note`} className={styles.note}>
        {note}
      </p>
      {text !== null && error === undefined && <TokenText label={label} text={text} />}
    </div>
  );
}
