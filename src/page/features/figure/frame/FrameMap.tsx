import { useMemo } from 'react';
import { AttentionMap, type MapCell } from '../../../../charts/attention/AttentionMap';
import { weightOf } from '../../../../charts/attention/attentionSlice';
import { attentionPixels } from '../../../../scene/charts/mapPixels';
import { attentionRamp, type Ramp } from '../../../../scene/marks/ramp';
import type { Head } from '../../../../readings/series/attentionData';
import type { FrameModel } from '../../../../readings/story/frameData';
import type { Probe } from '../../../../record/runRecord';
import { t } from '../../../../words/words';
import { useScheme } from '../../../state/view/useScheme';
import { useView } from '../../../state/view/view';
import { Swatch } from '../../../ui/controls/Swatch';
import type { FrameLayout } from './frameLayout';
import styles from './Frame.module.css';

interface FrameMapsProps {
  readonly models: readonly FrameModel[];
  readonly at: Head;
  /** Null until a history has been chosen. */
  readonly probe: Probe | null;
  readonly layout: FrameLayout;
  readonly hovered?: MapCell | null;
  readonly onHover?: (cell: MapCell | null) => void;
}

/** The models side by side, in one row. */
export function FrameMaps({ models, at, probe, layout, hovered = null, onHover = () => undefined }: FrameMapsProps) {
  const scheme = useScheme();
  const ramp = useMemo(() => attentionRamp(scheme), [scheme]);
  const shared = { at, probe, layout, ramp, hovered, onHover };
  return (
    <ul
      className={styles.models}
      data-part="maps"
      style={{ columnGap: layout.gap, gridTemplateColumns: `repeat(${models.length}, minmax(0, 1fr))` }}
    >
      {models.map((model) => (
        <FrameMap key={model.id} model={model} {...shared} />
      ))}
    </ul>
  );
}

interface FrameMapProps extends Required<Omit<FrameMapsProps, 'models'>> {
  readonly model: FrameModel;
  readonly ramp: Ramp;
}

/** One model: who it is, its one number, its map. */
function FrameMap({ model, at, probe, layout, ramp, hovered, onHover }: FrameMapProps) {
  const { map, label, role, mark, heads, rises } = model;
  const { labels } = layout;
  const logColour = useView((view) => view.logColour);
  const length = labels.length;
  const pixels = useMemo(() => map && attentionPixels(map, length, ramp, logColour), [map, length, ramp, logColour]);
  return (
    <li className={styles.model}>
      <h3 className={styles.name}>
        <Swatch mark={mark} /> <span translate="no">{label}</span> <small>{role}</small>
      </h3>
      <p className={styles.heads} data-rises={rises}>
        {heads === null
          ? '\u00a0'
          : layout.narrow
            ? t('{share} stuck', { share: heads })
            : t('{share} of heads stuck', { share: heads })}
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
