import { useEffect, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { inEnglish, t } from '../../words/words';
import type { MapData } from '../../scene/charts/map';
import { useChartData } from '../export/chartData';
import { pointerIn, unlessLifted } from '../pointer';
import type { MapLayout } from './mapLayout';
import { cellAt } from './mapLayout';
import styles from './AttentionMap.module.css';

export interface MapCell {
  readonly query: number;
  readonly key: number;
}

export interface AttentionMapProps {
  readonly name: () => string;
  /** RGBA [T, T, 4], null while there is no map of this arm at this step. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer> | null;
  /** The numbers behind the pixels. */
  readonly weights: Pick<MapData, 'values' | 'limit' | 'log'> | null;
  /** Positions whose labels take precedence if not all fit. */
  readonly important: readonly number[];
  readonly length: number;
  readonly layout: MapLayout;
  readonly width: number;
  /** Full labels, one per position. */
  readonly titles: readonly string[];
  readonly hovered: MapCell | null;
  readonly onHover: (cell: MapCell | null) => void;
  /** Positions to mark because their item is hovered elsewhere. */
  readonly marked: readonly number[];
}

/** Canvas for the cells, one pixel per cell, scaled up; SVG for labels and crosshair. */
export function AttentionMap({
  name,
  pixels,
  weights,
  important,
  length,
  layout,
  width,
  titles,
  hovered,
  onHover,
  marked,
}: AttentionMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  useChartData(frame, weights && { kind: 'map', name: inEnglish(name), labels: titles, important, ...weights });
  const { cell, side, labels } = layout;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    if (pixels) context.putImageData(new ImageData(pixels, length, length), 0, 0);
    else context.clearRect(0, 0, length, length);
  }, [pixels, length]);

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const { x, y } = pointerIn(event);
    onHover(cellAt(x, y, cell, length));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && hovered !== null) {
      event.preventDefault();
      onHover(null);
      return;
    }
    const [down, right] = ARROWS[event.key] ?? [0, 0];
    if (down === 0 && right === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const from = hovered ?? { query: length - 1, key: 0 };
    const query = clamp(from.query + down, 0, length - 1);
    onHover({ query, key: clamp(from.key + right, 0, query) });
  };
  return (
    <div
      ref={frame}
      className={styles.map}
      style={{ width, height: side }}
      role="group"
      translate="no"
      aria-label={t('{map}; arrow keys move over the cells', { map: name() })}
      tabIndex={0}
      onPointerMove={onPointerMove}
      onPointerDown={onPointerMove}
      onPointerLeave={unlessLifted(() => {
        onHover(null);
      })}
      onBlur={() => {
        onHover(null);
      }}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} role="img" aria-label={name()} width={length} height={length} style={{ width: side, height: side }} />
      <svg width={width} height={side} aria-hidden="true">
        <path className={styles.outline} d={staircase(length, cell)} />
        {labels.map(({ position, x, y, text }) => (
          <text
            key={position}
            x={x}
            y={y}
            dy="0.34em"
            className={styles.label}
            data-on={hovered?.query === position || hovered?.key === position || marked.includes(position)}
          >
            <title>{titles[position]}</title>
            {text}
          </text>
        ))}
        {marked.map((position) => (
          <Cross key={position} cell={cell} length={length} query={position} k={position} />
        ))}
        {hovered && <Cross cell={cell} length={length} query={hovered.query} k={hovered.key} />}
      </svg>
    </div>
  );
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function Cross({
  cell,
  length,
  query,
  k,
}: {
  readonly cell: number;
  readonly length: number;
  readonly query: number;
  readonly k: number;
}) {
  return (
    <g className={styles.cross}>
      <rect x={0} y={query * cell} width={(query + 1) * cell} height={cell} />
      <rect x={k * cell} y={k * cell} width={cell} height={(length - k) * cell} />
    </g>
  );
}

/** Outline of the causal triangle. */
function staircase(length: number, cell: number): string {
  let path = 'M0 0';
  for (let i = 0; i < length; i++) path += `H${(i + 1) * cell}V${(i + 1) * cell}`;
  return `${path}H0Z`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
