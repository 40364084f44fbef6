import { useMemo } from 'react';
import { AttentionMap, type MapCell } from '../../../../charts/attention/AttentionMap';
import { weightOf } from '../../../../charts/attention/attentionSlice';
import { attentionPixels } from '../../../../scene/charts/mapPixels';
import type { Ramp } from '../../../../scene/marks/ramp';
import type { Head } from '../../../../readings/series/attentionData';
import type { FrameModel } from '../../../../readings/story/frameData';
import type { Probe } from '../../../../record/runRecord';
import { t } from '../../../../words/words';
import { useView } from '../../../state/view/view';
import { Swatch } from '../../../ui/controls/Swatch';
import type { FrameLayout } from './frameLayout';
import styles from './Frame.module.css';

interface FrameMapProps {
  readonly model: FrameModel;
  readonly at: Head;
  /** Null until a history has been chosen. */
  readonly probe: Probe | null;
  /** Of the positions, in words. */
  readonly labels: readonly string[];
  readonly layout: FrameLayout;
  readonly ramp: Ramp;
  readonly hovered: MapCell | null;
  readonly onHover: (cell: MapCell | null) => void;
}

/** One model: who it is, its one number, its map. */
export function FrameMap({ model, at, probe, labels, layout, ramp, hovered, onHover }: FrameMapProps) {
  const { map, label, role, mark, heads, rises } = model;
  const logColour = useView((view) => view.logColour);
  const length = labels.length;
  const pixels = useMemo(() => map && attentionPixels(map, length, ramp, logColour), [map, length, ramp, logColour]);
  return (
    <li className={styles.model}>
      <h3 className={styles.name}>
        <Swatch mark={mark} /> <span translate="no">{label}</span> <small>{role}</small>
      </h3>
      <p className={styles.heads} data-rises={rises}>
        {heads === null ? '\u00a0' : t('{share} of heads stuck', { share: heads })}
      </p>
      <div className={styles.map} style={{ minHeight: layout.place }}>
        {probe === null && <div className={styles.empty} style={{ width: layout.place, height: layout.place }} />}
        {probe && (
          <AttentionMap
            name={() =>
              t('Attention of {model}, layer {layer}, head {head}', { model: label, layer: at.layer + 1, head: at.head + 1 })
            }
            pixels={pixels}
            weights={map && { values: () => Float32Array.from(map, weightOf), limit: null, log: logColour }}
            important={probe.itemPositions}
            length={length}
            titles={labels}
            layout={layout.map}
            width={layout.column}
            hovered={hovered}
            onHover={onHover}
            marked={[]}
          />
        )}
        {map === null && <p className={styles.missing}>{model.leftOut ?? t('not measured yet')}</p>}
      </div>
    </li>
  );
}
