import { t } from '../../../../words/words';
import { parseTime } from '../../../../log/eventTime';
import { ROLE_NOTES } from '../../../../log/formats/roles';
import type { Role, SourceMapping } from '../../../../recipe/logRecipe';
import type { SeenSource } from '../../../../runtime/intakeProtocol';
import { rawCellText, columnType, logTimeText } from './words';
import styles from './PreviewTable.module.css';

interface PreviewTableProps {
  readonly seen: SeenSource;
  readonly mapping: SourceMapping;
}

/** The first rows as they would be read: times in the chosen unit, and what cannot be read marked. */
export function PreviewTable({ seen: { rows }, mapping: { columns, roles, timeUnit, name } }: PreviewTableProps) {
  const rolesOf = (column: number): string =>
    (Object.keys(roles) as Role[])
      .filter((role) => roles[role] === column)
      .map((role) => t(ROLE_NOTES[role].label))
      .join(', ');
  return (
    <div className={styles.frame} tabIndex={0} role="region" aria-label={t('First rows of {file}', { file: name })}>
      <table>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={at} scope="col" data-used={rolesOf(at) !== ''}>
                <span translate="no">{column}</span>
                <small>{columnType(rows.map((row) => row[at]))}</small>
                <b>{rolesOf(at)}</b>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={line}>
              {columns.map((_, at) => (
                <td key={at} data-used={rolesOf(at) !== ''} translate="no">
                  {rawCellText(row[at])}
                  {at === roles.time && timeUnit !== 'order' && timeUnit !== 'numbered' && (
                    <Time seconds={parseTime(row[at], timeUnit)} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p>{t('The file has no rows.')}</p>}
    </div>
  );
}

function Time({ seconds }: { readonly seconds: number }) {
  const wrong = Number.isNaN(seconds);
  return <small data-wrong={wrong}>{wrong ? t('cannot be read') : logTimeText(seconds)}</small>;
}
