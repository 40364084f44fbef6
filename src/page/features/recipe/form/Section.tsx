import { t } from '../../../../words/words';
import { useState, type ReactNode } from 'react';
import { useRecipe, presetOf } from '../../../state/recipe/recipe';
import { Field } from './Field';
import { errorOf, listedFields, sectionPaths, type SectionId } from './layout';
import { differingPaths } from '../../../../recipe/specPath';
import styles from './Recipe.module.css';

interface SectionProps {
  readonly id: SectionId;
  readonly title: string;
  /** Summary of the section in one line. */
  readonly line: string;
  readonly errors: ReadonlyMap<string, string>;
  /** Above the fields, shown when open. */
  readonly children?: ReactNode;
  /** Shown whether open or closed. */
  readonly always?: ReactNode;
}

/** A section: one line when closed, a small form when open. */
export function Section({ id, title, line, errors, children, always }: SectionProps) {
  const [open, setOpen] = useState(false);
  const changed = useRecipe(({ draft, presetId }) => {
    const paths = sectionPaths(id);
    return differingPaths(draft, presetOf(presetId).spec).filter((path) => paths.includes(path)).length;
  });
  const wrong = sectionPaths(id).some((path) => errorOf(path, errors) !== undefined);
  return (
    <section className={styles.section} data-wrong={wrong}>
      <h3>
        <button
          type="button"
          className={styles.heading}
          aria-expanded={open}
          onClick={() => {
            setOpen(!open);
          }}
        >
          <span className={styles.title}>{title}</span>
          {changed > 0 && (
            <span
              className={styles.mark}
              title={t('{n, plural, one {# differs} other {# differ}} from the preset', { n: changed })}
            >
              {t('{n} changed', { n: changed })}
            </span>
          )}
          {wrong && <span className={styles.error}>{t('to correct')}</span>}
          <span className={styles.line}>{line}</span>
        </button>
      </h3>
      {always}
      {open && (
        <div className={styles.form}>
          {children}
          {listedFields(id).map((field) => (
            <Field key={field.path} field={field} error={errorOf(field.path, errors)} />
          ))}
        </div>
      )}
    </section>
  );
}
