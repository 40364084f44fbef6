import { t } from '../../../../words/words';
import type { SourceMapping } from '../../../../recipe/logRecipe';
import type { SeenSource } from '../../../../runtime/intakeProtocol';
import { Select } from '../../../ui/controls/Choice';
import { TypedInput } from '../../../ui/controls/TypedInput';
import { useSession } from '../../../state/session/SessionContext';
import { distinctValues } from './words';
import styles from './Intake.module.css';
import { shownText } from '../../../../recipe/texts';

const EVERY = -1;

interface RowFilterProps {
  readonly at: number;
  readonly seen: SeenSource;
  readonly mapping: SourceMapping;
}

/** Which rows count: those with certain values in a column, as `label` 1. */
export function RowFilter({ at, seen, mapping }: RowFilterProps) {
  const { intake: session } = useSession();
  const { where, columns } = mapping;
  const column = where?.column ?? EVERY;
  const values = column === EVERY ? [] : distinctValues(seen.rows, column);
  return (
    <>
      <div className={styles.role} data-set={where !== undefined}>
        <Select
          label={t('keep rows')}
          value={column}
          options={[
            { value: EVERY, label: t('all') },
            ...columns.map((name, value) => ({ value, label: t('by {column}', { column: name }) })),
          ]}
          onChange={(chosen) => {
            const first = distinctValues(seen.rows, chosen);
            const kept = first.includes('1') ? ['1'] : first.slice(0, 1);
            session.changeMapping(at, { where: chosen === EVERY ? undefined : { column: chosen, values: kept } });
          }}
        />
        <p>{t('rows with other values are left out; if there is a request column, they are the items shown but not chosen')}</p>
      </div>
      {where !== undefined && (
        <div className={styles.role} data-set="true">
          <span>
            <label htmlFor={`kept-values-${at}`}>{t('values')}</label>
            <TypedInput
              id={`kept-values-${at}`}
              value={where.values}
              show={(list) => list.join(', ')}
              read={(text) => {
                const list = text
                  .split(',')
                  .map((one) => one.trim())
                  .filter(Boolean);
                return list.length === 0 ? null : { value: list };
              }}
              onChange={(list) => {
                session.changeMapping(at, { where: { column, values: list } });
              }}
            />
          </span>
          <p>
            {values.length === 0
              ? t('no value in the first rows')
              : t('first rows: {values}', { values: shownText(values.slice(0, 8).join(', ')) })}
          </p>
        </div>
      )}
    </>
  );
}
