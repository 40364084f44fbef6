import { useRef, type KeyboardEvent } from 'react';
import { inEnglish, t } from '../../words/words';
import { useChartData } from '../export/chartData';
import styles from './HeadGrid.module.css';

export interface HeadGridProps {
  readonly name: () => string;
  /** [layer][head], 0–1; below 0 the cell is empty except for its number. */
  readonly values: readonly (readonly number[])[];
  readonly layer: number;
  readonly head: number;
  readonly onSelect: (layer: number, head: number) => void;
  readonly width: number;
  /** Amber is only for sinks; other measures are grey. */
  readonly sink: boolean;
}

const ROW = 18;
const MARGIN = 22;
const HEADER = 14;

/** Layer × head table of one model; a click or the arrow keys choose the head that the maps show. */
export function HeadGrid({ name, values, layer, head, onSelect, width, sink }: HeadGridProps) {
  const frame = useRef<SVGSVGElement>(null);
  useChartData(frame, { kind: 'heads', name: inEnglish(name), values, sink });
  const layers = values.length;
  const heads = values[0]?.length ?? 0;
  const column = Math.floor((width - MARGIN) / Math.max(1, heads));
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect((layer + move[0] + layers) % layers, (head + move[1] + heads) % heads);
  };
  return (
    <svg
      ref={frame}
      className={styles.grid}
      width={MARGIN + column * heads}
      height={HEADER + ROW * layers}
      role="grid"
      aria-label={name()}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <g aria-hidden="true">
        {Array.from({ length: heads }, (_, h) => (
          <text key={h} className={styles.axis} x={MARGIN + (h + 0.5) * column} y={9} textAnchor="middle">
            H{h + 1}
          </text>
        ))}
      </g>
      {values.map((row, l) => (
        <g key={l} role="row" transform={`translate(0 ${HEADER + l * ROW})`}>
          <text className={styles.axis} x={0} y={ROW / 2} dy="0.34em" aria-hidden="true">
            L{l + 1}
          </text>
          {row.map((value, h) => (
            <g
              key={h}
              role="gridcell"
              aria-selected={l === layer && h === head}
              aria-label={t('layer {layer}, head {head}: {value}', { layer: l + 1, head: h + 1, value: value.toFixed(2) })}
              className={styles.cell}
              transform={`translate(${MARGIN + h * column} 0)`}
              onClick={() => {
                onSelect(l, h);
              }}
            >
              <rect className={styles.ground} width={column} height={ROW} />
              <rect className={sink ? styles.sink : styles.other} width={column} height={ROW} fillOpacity={Math.max(0, value)} />
              <text className={styles.value} data-deep={value > 0.6} x={column / 2} y={ROW / 2} dy="0.34em" textAnchor="middle">
                {short(value)}
              </text>
            </g>
          ))}
        </g>
      ))}
      {layer < layers && head < heads && (
        <rect
          className={styles.chosen}
          x={MARGIN + head * column + 0.75}
          y={HEADER + layer * ROW + 0.75}
          width={column - 1.5}
          height={ROW - 1.5}
        />
      )}
    </svg>
  );
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** 0.42 → `.42`; the leading zero is redundant in a table of shares. */
function short(value: number): string {
  const text = Math.abs(value)
    .toFixed(2)
    .replace(/^0(?=\.)/, '');
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
