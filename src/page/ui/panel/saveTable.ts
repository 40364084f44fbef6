import { saveFile, slugOf } from '../../../charts/export/saveFile';
import { toCsv, type Table } from '../../../charts/export/table';

/** Saves what a panel shows as CSV. */
export function saveTable(name: string, table: Table): void {
  saveFile(`${slugOf(name)}.csv`, new Blob([toCsv(table)], { type: 'text/csv' }));
}
