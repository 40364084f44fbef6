import type { ReactNode } from 'react';
import type { RowPart } from './rowWindow';

interface WindowRowsProps {
  /** From `useRowWindow`. */
  readonly parts: readonly RowPart[];
  /** Number of the table's columns. */
  readonly columns: number;
  /** A `<tr>` with a key, its `aria-rowindex` and `data-row`. */
  readonly children: (index: number) => ReactNode;
}

/** The rows that are drawn, and in place of the others as much room as they take. */
export function WindowRows({ parts, columns, children }: WindowRowsProps) {
  return parts.map((part) =>
    typeof part === 'number' ? (
      children(part)
    ) : (
      <tr key={`gap ${part.before}`} aria-hidden="true">
        <td colSpan={columns} style={{ height: part.gap, padding: 0 }} />
      </tr>
    ),
  );
}
