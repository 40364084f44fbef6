import type { ReactNode } from 'react';
import { AttentionMap, type AttentionMapProps, type MapCell } from '../../../../charts/attention/AttentionMap';
import type { MapLayout } from '../../../../charts/attention/mapLayout';
import type { Probe } from '../../../../record/runRecord';
import { HeadedColumn } from './ColumnHeading';

/** What the maps of a figure share: history, style, and the hovered cell. */
export interface SharedByMaps {
  readonly probe: Probe;
  readonly layout: MapLayout;
  readonly width: number;
  readonly hovered: MapCell | null;
  readonly onHover: (cell: MapCell | null) => void;
  readonly marked: readonly number[];
}

interface ColumnOfMapProps {
  readonly shared: SharedByMaps;
  readonly heading: ReactNode;
  readonly name: () => string;
  /** Null if nothing has been recorded yet. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer> | null;
  readonly weights: AttentionMapProps['weights'];
  /** Shown under the map. */
  readonly children: ReactNode;
}

/** One column of the figure: its heading, a map, and what belongs under it. */
export function ColumnOfMap({ shared, heading, name, pixels, weights, children }: ColumnOfMapProps) {
  const { probe, ...map } = shared;
  return (
    <HeadedColumn heading={heading}>
      <AttentionMap
        {...map}
        name={name}
        pixels={pixels}
        weights={weights}
        important={probe.itemPositions}
        length={probe.labels.length}
        titles={probe.labels}
      />
      {children}
    </HeadedColumn>
  );
}
