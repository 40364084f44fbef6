import { t } from '../../../words/words';
import { cellText, type Table } from '../../../charts/export/table';
import styles from './Panel.module.css';

/** The figure's numbers, as its CSV has them, in a table that scrolls within its panel. */
export function DataTable({ name, table }: { readonly name: string; readonly table: Table }) {
  return (
    <div className={styles.table} tabIndex={0} role="region" aria-label={t('Data of {figure}', { figure: name })}>
      <table translate="no" lang="en">
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j} data-number={typeof cell === 'number'}>
                  {cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
