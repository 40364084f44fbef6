import { useMemo } from 'react';
import { t } from '../../../../words/words';
import { weightOf } from '../../../../charts/attention/attentionSlice';
import { differencePixels } from '../../../../scene/charts/mapPixels';
import { HeadGrid } from '../../../../charts/grid/HeadGrid';
import { rampGradient, type Ramp } from '../../../../scene/marks/ramp';
import type { SinkMeasure } from '../../../../measures/entries/sinks';
import { Select } from '../../../ui/controls/Choice';
import { setView } from '../../../state/view/view';
import type { FigureArm } from '../../../../readings/arms/armsOf';
import { differenceOfTables, limitOverSteps, type Column, type Head } from '../../../../readings/series/attentionData';
import { ColumnHeading } from './ColumnHeading';
import { ColumnOfMap, type SharedByMaps } from './ColumnOfMap';
import { Legend } from './Legend';
import styles from './Attention.module.css';

interface DifferenceColumnProps extends SharedByMaps {
  readonly arms: readonly FigureArm[];
  readonly pair: readonly [FigureArm, FigureArm];
  readonly columns: readonly Column[];
  readonly at: Head;
  /** The measure shown by layer and head. */
  readonly measure: SinkMeasure;
  /** As in `MapColumn`. */
  readonly gridLeftOut: string | null;
  /** Stands in place of the map if a link left out those that it or its scale needs. */
  readonly mapsLeftOut: string | null;
  readonly ramp: Ramp;
}

/** Treatment minus control, centred on 0. */
export function DifferenceColumn(props: DifferenceColumnProps) {
  const { arms, pair, columns, at, measure, gridLeftOut, mapsLeftOut, ramp, ...shared } = props;
  const [treatment, control] = pair;
  const length = shared.probe.labels.length;
  const [from, less] = [treatment, control].map(({ id }) => columns.find((column) => column.id === id));
  const [minuend, subtrahend] = [from?.map ?? null, less?.map ?? null];
  const table = differenceOfTables(from?.sinks?.tables[measure.id], less?.sinks?.tables[measure.id]);
  const limit = useMemo(() => limitOverSteps(treatment, control, at), [treatment, control, at]);
  const pixels = useMemo(
    () => (minuend && subtrahend && limit !== null ? differencePixels(minuend, subtrahend, length, ramp, limit) : null),
    [minuend, subtrahend, length, ramp, limit],
  );
  const title = `${treatment.label} − ${control.label}`;
  const pairs = arms.flatMap((a) =>
    arms.filter((b) => b !== a).map((b) => ({ value: `${a.id} ${b.id}`, label: `${a.label} − ${b.label}` })),
  );
  return (
    <ColumnOfMap
      shared={shared}
      heading={<ColumnHeading label={title} note={t('difference of weights')} />}
      name={() => t('Difference of attention, {pair}', { pair: title })}
      pixels={pixels}
      weights={
        minuend && subtrahend && limit !== null
          ? {
              values: () => Float32Array.from(minuend, (byte, at) => weightOf(byte) - weightOf(subtrahend[at]!)),
              limit,
              log: false,
            }
          : null
      }
    >
      {pixels === null && mapsLeftOut !== null && <p className={styles.missing}>{mapsLeftOut}</p>}
      <div className={styles.grid}>
        {gridLeftOut !== null && <p className={styles.older}>{gridLeftOut}</p>}
        {table && (
          <HeadGrid
            name={() => t('{measure} by layer and head, {pair}', { measure: measure.name, pair: title })}
            values={table}
            layer={at.layer}
            head={at.head}
            width={shared.layout.side}
            room={shared.width}
            colour={ramp}
            onSelect={(layer, head) => {
              setView({ layer, head });
            }}
          />
        )}
        {limit !== null && (
          <Legend gradient={rampGradient(ramp)} ticks={[`−${limit}`, '0', `+${limit}`]} label={t('less – more attention')} />
        )}
        {pairs.length > 2 && (
          <Select
            label={t('Pair')}
            value={`${treatment.id} ${control.id}`}
            options={pairs}
            onChange={(value) => {
              const [a, b] = value.split(' ') as [string, string];
              setView({ difference: [a, b] });
            }}
          />
        )}
        {pairs.length === 2 && (
          <button
            type="button"
            className="plain"
            onClick={() => {
              setView({ difference: [control.id, treatment.id] });
            }}
          >
            {t('Swap')}
          </button>
        )}
      </div>
    </ColumnOfMap>
  );
}
