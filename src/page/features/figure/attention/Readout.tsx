import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import type { MapCell } from '../../../../charts/attention/AttentionMap';
import { weightAt } from '../../../../charts/attention/attentionSlice';
import type { Probe } from '../../../../record/runRecord';
import { signed } from '../../../../readings/format';
import { LazyItemPicture } from '../pictures/LazyItemPicture';
import type { Column } from '../../../../readings/series/attentionData';
import styles from './Attention.module.css';

interface ReadoutProps {
  readonly cell: MapCell | null;
  readonly probe: Probe;
  readonly columns: readonly Column[];
  readonly pair: readonly [{ readonly id: string }, { readonly id: string }] | null;
}

/** The content of a position, with its picture if it is an item. */
function Label({ probe, position }: { readonly probe: Probe; readonly position: number }) {
  const label = probe.labels[position] ?? '';
  return (
    <b translate="no">
      {probe.itemPositions.includes(position) && <LazyItemPicture title={label} />}
      {label}
    </b>
  );
}

/** Full titles, and the weight of the hovered cell in every model. */
export function Readout({ cell, probe, columns, pair }: ReadoutProps) {
  if (!cell) {
    return (
      <p className={styles.readout}>
        {t('Point at or tap a cell to read query, key and weight in every model. The empty triangle is masked.')}
      </p>
    );
  }
  const weight = (id: string): number | null => {
    const map = columns.find((column) => column.id === id)?.map;
    return map ? weightAt(map, probe.labels.length, cell.query, cell.key) : null;
  };
  const [a, b] = pair ? [weight(pair[0].id), weight(pair[1].id)] : [null, null];
  return (
    <p className={styles.readout} aria-live="polite">
      <span>
        <T
          text="query {query} <row></row> → key {key} <column></column>"
          values={{
            query: cell.query + 1,
            key: cell.key + 1,
            row: () => <Label probe={probe} position={cell.query} />,
            column: () => <Label probe={probe} position={cell.key} />,
          }}
        />
      </span>
      {columns.map((column) => (
        <span key={column.id}>
          <span translate="no">{column.label}</span> <b>{weight(column.id)?.toFixed(3) ?? '–'}</b>
        </span>
      ))}
      {a !== null && b !== null && (
        <span>
          <T text="difference <b>{value}</b>" values={{ value: signed(a - b, 3), b: (inside) => <b>{inside}</b> }} />
        </span>
      )}
    </p>
  );
}
