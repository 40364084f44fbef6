import { useEffect } from 'react';
import { t } from '../../../../words/words';
import { possibleLeaders } from '../../../../log/intake/followRows';
import type { SourceMapping } from '../../../../recipe/logRecipe';
import type { SeenSource } from '../../../../runtime/intakeProtocol';
import { Select } from '../../../ui/controls/Choice';
import { useSession } from '../../../state/session/SessionContext';
import { useIntake } from '../../../state/session/intakeState';
import { rawCellText } from './words';
import styles from './Intake.module.css';
import table from './PreviewTable.module.css';

const NOBODY = '';
/** How many numbers of an embedding are shown. */
const SHOWN = 4;

interface RowsChoiceProps {
  readonly at: number;
  readonly seen: SeenSource;
  readonly mapping: SourceMapping;
}

/** Which source the embeddings of a file without IDs follow, and which items the first of them get. */
export function RowsChoice({ at, seen, mapping: { name, rowsOf, roles } }: RowsChoiceProps) {
  const { intake: session } = useSession();
  const mappings = useIntake((intake) => intake.mappings);
  const items = useIntake((intake) => (rowsOf === undefined ? undefined : intake.rowItems[rowsOf]));
  const leaders = possibleLeaders(mappings, at);
  const leader = rowsOf !== undefined && leaders.includes(rowsOf) ? rowsOf : null;
  useEffect(() => {
    if (leader !== null) session.askRowItems(leader);
    // Titles may be in any file, so changing any mapping changes the answer.
  }, [session, leader, mappings]);
  return (
    <div className={styles.rows}>
      <Select
        label={t('Rows correspond to')}
        value={rowsOf ?? NOBODY}
        options={[{ value: NOBODY, label: '—' }, ...leaders.map((one) => ({ value: one, label: one }))]}
        onChange={(chosen) => {
          session.followRows(at, chosen === NOBODY ? null : chosen);
        }}
      />
      {leaders.length === 0 && <p>{t('No other file names an item in each row.')}</p>}
      {rowsOf !== undefined && items !== undefined && (
        <div
          className={table.frame}
          tabIndex={0}
          role="region"
          aria-label={t('Items of the first rows of {file}', { file: name })}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">{t('row')}</th>
                <th scope="col">{t('embedding')}</th>
                <th scope="col">{t('item of {file}', { file: rowsOf })}</th>
                <th scope="col">{t('title')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item, row) => (
                <tr key={row}>
                  <td>{row + 1}</td>
                  <td data-used="true">{firstNumbers(seen.rows[row]?.[roles.embedding ?? 0])}</td>
                  <td data-used="true">{item?.id ?? t('none')}</td>
                  <td data-used="true">
                    {item === null ? t('not used') : item.title === '' ? t('no file has one') : item.title}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function firstNumbers(cell: unknown): string {
  if (!Array.isArray(cell)) return rawCellText(cell);
  const numbers = cell.slice(0, SHOWN).map((value) => (typeof value === 'number' ? value.toPrecision(3) : rawCellText(value)));
  return `${numbers.join(', ')}${cell.length > SHOWN ? ', …' : ''}`;
}
