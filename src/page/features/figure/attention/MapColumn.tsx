import { useMemo } from 'react';
import { t } from '../../../../words/words';
import { weightOf } from '../../../../charts/attention/attentionSlice';
import { attentionPixels } from '../../../../scene/charts/mapPixels';
import { HeadGrid } from '../../../../charts/grid/HeadGrid';
import type { ArmMark } from '../../../../scene/marks/armMark';
import type { Ramp } from '../../../../scene/marks/ramp';
import { setView, useView } from '../../../state/view/view';
import type { Column } from '../../../../readings/series/attentionData';
import { ColumnHeading } from './ColumnHeading';
import { ColumnOfMap, type SharedByMaps } from './ColumnOfMap';
import type { SinkMeasure } from '../../../../measures/entries/sinks';
import styles from './Attention.module.css';

interface MapColumnProps extends SharedByMaps {
  readonly column: Column;
  /** The measure shown by layer and head. */
  readonly measure: SinkMeasure;
  readonly mark: ArmMark;
  /** Why there is no grid below the map; null if there is one, or the record predates the measure. */
  readonly gridLeftOut: string | null;
  /** The arm's λs, or a note on the base model. */
  readonly note: string;
  readonly layer: number;
  readonly head: number;
  readonly ramp: Ramp;
}

/** One model: its map, and under it its layer × head grid. */
export function MapColumn(props: MapColumnProps) {
  const { column, measure, gridLeftOut, mark, note, layer, head, ramp, ...shared } = props;
  const logColour = useView((view) => view.logColour);
  const table = column.sinks?.tables[measure.id];
  const length = shared.probe.labels.length;
  const pixels = useMemo(
    () => column.map && attentionPixels(column.map, length, ramp, logColour),
    [column.map, length, ramp, logColour],
  );
  return (
    <ColumnOfMap
      shared={shared}
      heading={<ColumnHeading mark={mark} label={column.label} note={note} />}
      name={() =>
        t('Attention of {model}, layer {layer}, head {head}', { model: column.label, layer: layer + 1, head: head + 1 })
      }
      pixels={pixels}
      weights={column.map && { values: () => Float32Array.from(column.map!, weightOf), limit: null, log: logColour }}
    >
      {column.map === null && <p className={styles.missing}>{column.leftOut ?? t('No attention recorded yet.')}</p>}
      <div className={styles.grid}>
        {column.sinks && !table && gridLeftOut === null && (
          <p className={styles.older}>{t('This record predates the {measure}.', { measure: measure.name })}</p>
        )}
        {gridLeftOut !== null && <p className={styles.older}>{gridLeftOut}</p>}
        {table && (
          <HeadGrid
            name={() => t('{measure} of {model} by layer and head', { measure: measure.name, model: column.label })}
            values={table}
            layer={layer}
            head={head}
            width={shared.layout.side}
            room={shared.width}
            colour={measure.sink ? 'sink' : 'other'}
            onSelect={(nextLayer, nextHead) => {
              setView({ layer: nextLayer, head: nextHead });
            }}
          />
        )}
      </div>
    </ColumnOfMap>
  );
}
