import { t } from '../../../../words/words';
import { useState } from 'react';
import { armMark } from '../../../../scene/marks/armMark';
import { ARM_FIELDS } from '../../../../recipe/fields';
import { namedArm, PLAIN_CURES } from '../../../../recipe/namedArms';
import type { ArmSpec } from '../../../../recipe/runSpec';
import { armLine } from '../../../../recipe/whatChanged';
import { count, fixed } from '../../../../readings/format';
import { Swatch } from '../../../ui/controls/Swatch';
import { useExperiment } from '../../../state/run/experiment';
import { changeArm, duplicateArm, removeArm, setField, useRecipe } from '../../../state/recipe/recipe';
import { FieldFrame } from './FieldFrame';
import styles from './Arms.module.css';

/** Arms as chips with their λs; a chip opens into its form. */
export function Arms({ errors }: { readonly errors: ReadonlyMap<string, string> }) {
  const arms = useRecipe((recipe) => recipe.draft.arms);
  const [open, setOpen] = useState<string | null>(null);
  const figured = useExperiment(({ record }) => record?.spec.arms);
  // After those of the run on the same screen, so that no two of both have one mark.
  const ids = [...(figured ?? []), ...arms].map(({ id }) => id);
  return (
    <>
      <ul className={styles.arms} aria-label={t('Arms')}>
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
              <b translate="no">{arm.label}</b>
              <span>{armLine(arm)}</span>
            </button>
            {open === arm.id && (
              <ArmForm arm={arm} index={index} only={arms.length === 1} full={arms.length >= 8} errors={errors} />
            )}
          </li>
        ))}
        {errors.has('arms') && <li className={styles.error}>{errors.get('arms')}</li>}
      </ul>
      <div className={styles.actions}>
        <button
          type="button"
          title={t(
            'Action and KARMA beside what others do against the same illness: KL to the base model, distance of the weights, attention entropy, a sink token, lower layers frozen, heads alone',
          )}
          onClick={() => {
            setField(
              'arms',
              PLAIN_CURES.map((name) => namedArm(name)),
            );
          }}
        >
          {t('Compare with plain cures')}
        </button>
        {arms.length < PLAIN_CURES.length && (
          <small>
            {t('{cures} arms in place of {n}: a run takes up to {times} times as long', {
              cures: count(PLAIN_CURES.length),
              n: count(arms.length),
              times: fixed(PLAIN_CURES.length / arms.length, 0),
            })}
          </small>
        )}
      </div>
    </>
  );
}

interface ArmFormProps {
  readonly arm: ArmSpec;
  readonly index: number;
  readonly only: boolean;
  readonly full: boolean;
  readonly errors: ReadonlyMap<string, string>;
}

/** Every field of the arm except its ID, which never changes. */
const LISTED = ARM_FIELDS.filter(({ path }) => path !== 'id');

function ArmForm({ arm, index, only, full, errors }: ArmFormProps) {
  return (
    <div className={styles.form}>
      {LISTED.map((field) => (
        <FieldFrame
          key={field.path}
          field={field}
          className={styles.field}
          value={arm[field.path]}
          error={errors.get(`arms.${index}.${field.path}`)}
          onChange={(value) => {
            changeArm(index, { [field.path]: value });
          }}
        />
      ))}
      <div className={styles.actions}>
        <button
          type="button"
          disabled={full}
          onClick={() => {
            duplicateArm(index);
          }}
        >
          {t('Duplicate')}
        </button>
        <button
          type="button"
          disabled={only}
          onClick={() => {
            removeArm(index);
          }}
        >
          {t('Remove')}
        </button>
      </div>
    </div>
  );
}
